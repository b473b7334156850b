"""Words of company names that say nothing of the company, and words that are written in several ways.

They may be written here as they come: ``common.text.search_key`` brings them to the form in which names are compared.
"""

from typing import Final

from common.text import search_key

_PERSIAN = "شرکت شرکه سهامی تضامنی موسسه مسوسه کمپانی سخ سع شمم شم مم بامسئولیت سهامیخاص سهامیعام تعاونی الشرکه وشرکاه وشرکاوه وشرکاوهم"
_ARABIC = (
    "شرکه موسسه شرکاه شرکاوه شرکاوهم مساهمه محدوده محدود المحدوده ذمم شذمم شمک شمکم شمکع شمب شمبم شمع شمعم شمعع ممح شمح "
    "شوا شش ششو ششوا شو شمد ذم شذم شموشو منشاه تضامن توصیه کو"
)
_LATIN = (
    "llc ltd limited ltda inc incorporated corp corporation co company companies plc pjsc psc jsc ojsc cjsc pao oao zao ooo "
    "fze fzco fzc fzllc dmcc wll bsc bscc ksc kscc kscp sao saog saoc qsc qpsc spc gmbh mbh ag kg kgaa ohg ek ug gbr sa sas "
    "sasu sarl srl spa snc nv bv bvba cv vof ab as asa aps oy oyj ou uab sia se pte pty pvt private llp lp sdn bhd tbk kk kft zrt "
    "nyrt rt sro doo dd ad eood ood sti pc sl slu sae scs cie et eurl lllp pllc ulc gie sherkat establishment est "
    "cokg zoo spzoo"
)
#: Words that are a legal form or a part of one.
FORMS: Final = frozenset(search_key(f"{_PERSIAN} {_ARABIC} {_LATIN}").split())
#: Legal forms of several words, which as single words might be part of a name.
FORM_PHRASES: Final = frozenset(
    tuple(search_key(phrase).split())
    for phrase in (
        "سهامی خاص", "سهامی عام", "مسئولیت محدود", "مسئولیت محدوده", "با مسئولیت محدود", "با مسئولیت", "مسولیت محدود",
        "با مسولیت محدود", "سهامی عام خاص", "مسوولیت محدود", "با مسوولیت محدود", "غیر تجاری", "ذات مسئولیه محدوده",
        "ذات مسولیه محدوده", "ذات مسوولیه محدوده", "ذات المسئولیه المحدوده", "ذات المسوولیه المحدوده",
        "ذات المسولیه المحدوده", "مساهمه عامه", "مساهمه خاصه", "مساهمه مقفله", "مساهمه مغلقه", "مساهمه بحرینیه",
        "مساهمه کویتیه", "مساهمه مصریه", "المساهمه العامه", "شخص واحد", "الشخص الواحد", "منطقه حره", "م م ح", "و شرکاه",
        "و شرکاوه", "مساهمه سعودیه", "ش م ح", "public joint stock company", "joint stock company", "public company",
        "free zone company", "free zone establishment", "limited liability company", "public limited company",
        "with limited liability", "fz llc", "fz co", "sp z oo", "sp z o o", "sp zoo", "a s", "s a", "tic ltd sti", "san tic", "ve tic",
        "private limited", "private joint stock", "public joint stock", "general partnership", "and co", "& co", "sole proprietorship",
        "limited partnership", "gmbh co kg", "private joint stock company", "tic as", "stock company",
    )
)  # fmt: skip
#: Words that come and go between spellings.
SKIPPED: Final = frozenset(
    ["و", "and", "of", "the", "und", "et", "y", "da", "de", "der", "die", "le", "la", "les", "for", "&", "e"]
)

_PAIRS = """
intl international; int international; internatl international; technology tech; technologies tech; tech tech; techs tech;
manufacturing mfg; manufacturer mfg; manufacturers mfg; services svc; service svc; svcs svc; brothers bros; development dev;
developments dev; engineering eng; engineers eng; engg eng; engr eng; telecommunications telecom; telecommunication telecom;
telecoms telecom; grp group; groups group; government govt; university univ; national natl; association assoc; associates assoc;
trading trdg; trade trdg; traders trdg; centre center; centres center; center center; centers center; theatre theater;
programme program; programmes program; programs program; defence defense; colour color; colours color; colors color;
organisation organization; organisations organization; industries ind; industry ind; industrial ind; inds ind; indl ind;
solutions solution; systems system; sys system; communications comm; communication comm; comms comm; management mgmt; mgt mgmt;
department dept; construction constr; contracting contr; contractors contr; contracts contr; petroleum petrol; equipment equip;
equipments equip; general gen; middle mid; saint st; mount mt; electrical elec; electric elec; electronics electron;
electronic electron; information info; logistics logistic; distribution dist; distributors dist; distributor dist; enterprise ent;
enterprises ent; consultants consult; consulting consult; consultancy consult; consultant consult; investment invest;
investments invest; aluminium aluminum; fibre fiber; jewellery jewelry; tyre tire; tyres tire; tires tire; grey gray; labour labor;
harbour harbor; metre meter; metres meter; cheque check; catalogue catalog; analytics analytic; products product; prods product;
طهران تهران; اطاق اتاق; امپراطور امپراتور; امپراطوری امپراتوری; اطو اتو; باطری باتری; طوس توس; بلیط بلیت; غلطان غلتان; طپش تپش;
اسحق اسحاق; اسماعیل اسمعیل; رحمن رحمان; هرات هرات; ذغال زغال; قورباغ قورباغ; حوری حوری; آئین آیین; ائین ایین; پائیز پاییز;
مسول مسئول; مسوول مسئول; شئون شون; هیات هیئت; هیئات هیئت; جزء جز; سوال سئوال; روسا روسا; توسعه توسع; پتروشیمیایی پتروشیمی;
"""
#: A word and the spelling that stands for it.
SPELLINGS: Final = {
    written: plain
    for pair in search_key(_PAIRS).split(";")
    if pair.strip()
    for written, plain in [pair.split()]
}
