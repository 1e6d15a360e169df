import py3langid
import pytest

from vivavoce.extract.language import detect_language

TEXTS = {
    "en": "The bridge over the river was closed by the city on Monday after engineers from there had found cracks. ",
    "de": "Die Brücke über den Fluss wurde am Montag von der Stadt gesperrt, als Ingenieure Risse gefunden hatten. ",
    "nl": "De brug over de rivier werd maandag door de stad gesloten nadat ingenieurs scheuren hadden gevonden. ",
    "ru": "Мост через реку был закрыт городом в понедельник, после того как инженеры нашли в нём трещины. ",
    "uk": "Міст через річку було закрито містом у понеділок, після того як інженери знайшли в ньому тріщини. ",
    "ko": "도시는 월요일에 기술자들이 균열을 발견한 뒤 강을 건너는 다리를 닫았다고 시장이 말했다. ",
    "pt": "A ponte sobre o rio foi fechada pela cidade na segunda-feira depois que engenheiros acharam rachaduras. ",
    "es": "El puente sobre el río fue cerrado por la ciudad el lunes después de que ingenieros hallaran grietas. ",
    "it": "Il ponte sul fiume è stato chiuso dalla città lunedì dopo che gli ingegneri avevano trovato delle crepe. ",
    "fr": "Le pont sur la rivière a été fermé par la ville lundi après que des ingénieurs ont trouvé des fissures. ",
}


@pytest.mark.parametrize("tag", TEXTS)
@pytest.mark.parametrize("times", [1, 12])
def test_the_text_says_its_language(tag: str, times: int) -> None:
    assert detect_language(TEXTS[tag] * times) == tag


def test_the_glance_never_contradicts_the_detector() -> None:
    for text in TEXTS.values():
        assert detect_language(text * 12) == py3langid.classify(text * 12)[0]


def test_no_letters_no_language() -> None:
    assert detect_language("12 – 34") == "und"
