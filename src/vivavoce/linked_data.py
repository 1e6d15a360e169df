"""What search engines and assistants read of an edition: schema.org's NewsArticle with its AudioObject, as JSON-LD."""

import json
from datetime import timedelta

from vivavoce.page import link_url, name_edition, pick_audio
from vivavoce.types import EditionRecord

_SCHEMA = "https://schema.org/"
_SOURCE_TYPES = {
    "trainedAlgorithmicMedia": "TrainedAlgorithmicMediaDigitalSource",
    "compositeWithTrainedAlgorithmicMedia": "CompositeWithTrainedAlgorithmicMediaDigitalSource",
}
"""schema.org's names for the codes of IPTC's vocabulary that a disclosure may hold."""
MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
}
Json = dict[str, "Json"] | list["Json"] | str


def describe_edition(record: EditionRecord, *, base_url: str = "") -> dict[str, Json]:
    """Describe an edition in schema.org's terms.

    Args:
        record: The edition.
        base_url: Where its folder is published, with a slash at its end; empty for addresses relative to its pages.
    """
    article = record.article
    described: dict[str, Json | None] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": name_edition(article),
        "inLanguage": record.script.language,
        "datePublished": article.published.isoformat() if article.published else None,
        "author": [{"@type": "Person", "name": name} for name in article.byline],
        "publisher": {"@type": "Organization", "name": article.publisher} if article.publisher else None,
        "url": link_url(article.url),
        "image": f"{base_url}cover.jpg" if base_url else None,
        "audio": _describe_sound(record, base_url),
    }
    return {name: value for name, value in described.items() if value}


def write_json_ld(record: EditionRecord, *, base_url: str = "") -> str:
    """Write the description as JSON that can't end the script element it stands in."""
    return json.dumps(describe_edition(record, base_url=base_url), ensure_ascii=False).replace("<", "\\u003c")


def _describe_sound(record: EditionRecord, base_url: str) -> Json:
    audio = pick_audio(record)
    return {
        "@type": "AudioObject",
        "name": name_edition(record.article),
        "description": record.disclosure.visible,
        "creditText": record.disclosure.visible,
        "digitalSourceType": name_source_type(record.disclosure.digital_source_type),
        "contentUrl": f"{base_url}{audio.file}",
        "encodingFormat": MEDIA_TYPES[audio.format],
        "duration": format_duration(audio.duration_s),
        "inLanguage": record.script.language,
        "sha256": audio.sha256,
        "caption": {
            "@type": "MediaObject",
            "contentUrl": f"{base_url}captions.vtt",
            "encodingFormat": "text/vtt",
        },
    }


def name_source_type(code: str) -> str:
    """Give schema.org's address for a code of IPTC's digital source types; one that it lacks stays as it is."""
    name = _SOURCE_TYPES.get(code.rsplit("/", 1)[-1])
    return _SCHEMA + name if name else code


def format_duration(seconds: float) -> str:
    """Write a length in ISO 8601: 75.4 → 'PT1M15S'."""
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(int(whole.total_seconds()), 3600)
    minutes, second = divmod(rest, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{second}S"
