"""Article to Script: what will be said, and where each character of the article went."""

from vivavoce.script.style import Pauses, ScriptStyle, Variety, WebAddresses
from vivavoce.script.write import speak_line, write_script

__all__ = ["Pauses", "ScriptStyle", "Variety", "WebAddresses", "speak_line", "write_script"]
