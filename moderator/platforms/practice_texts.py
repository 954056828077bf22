"""What is said in the practice world: official posts, and what citizens write in English, Assamese and Hindi.

All of it is made up. Places are generic, parties and persons do not exist, telephone numbers are nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MARK: Final = "· practice"
"""Ends the desk's own name. Citizens' names stay as they are: they stand in a column of the queue."""

POST_MARK: Final = "[PRACTICE]"
"""Begins every post's title, under which every comment stands."""

HANDLE_MARK: Final = "@practice"
"""Begins every citizen's handle."""


class Sort(StrEnum):
    """What a line is, so that a shift meets the mixture of a real day. Never told to the desk: it must judge itself."""

    THANKS = "thanks"
    QUESTION = "question"
    GRIEVANCE = "grievance"
    CRITICISM = "criticism"
    ABUSE = "abuse"
    CAMPAIGN = "campaign"
    THREAT = "threat"
    SPAM = "spam"
    PERSONAL = "personal"
    SELF_HARM = "self_harm"
    RESCUE = "rescue"
    ANSWER = "answer"
    """What a citizen writes below another citizen."""
    AGAIN = "again"
    """What an author writes below a reply of the desk."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say. `topic` is "" where it fits under any post."""

    sort: Sort
    language: str
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One official post."""

    topic: str
    title: str
    text: str


NOTICES: Final = (
    Notice(
        "flood",
        "Relief camps open in all ward schools",
        "Camps are open day and night. Bring a ration card if you "
        "have it; nobody is turned away without one. Boats leave from the landing every thirty minutes.",
    ),
    Notice(
        "flood",
        "বানপানীৰ সতৰ্কবাণী: নৈৰ পানী বাঢ়িছে",
        "তলাগাঁও অঞ্চলৰ ৰাইজক ওখ ঠাইলৈ যাবলৈ অনুৰোধ জনোৱা হৈছে। জৰুৰী সহায়ৰ বাবে জিলা নিয়ন্ত্ৰণ কক্ষত যোগাযোগ কৰক।",
    ),
    Notice(
        "pension",
        "Old-age pension: payments for October",
        "Payments left the treasury on the 14th. Accounts that failed verification are listed at the block office.",
    ),
    Notice(
        "pension",
        "वृद्धावस्था पेंशन: जीवन प्रमाण पत्र की अंतिम तिथि",
        "जीवन प्रमाण पत्र 30 नवंबर तक जमा किए जा सकते हैं। घर पर सत्यापन के लिए ब्लॉक कार्यालय में आवेदन करें।",
    ),
    Notice(
        "road",
        "Station Road closed for repair until the 30th",
        "Buses use the bypass. Work goes on at night to open one lane before the festival.",
    ),
    Notice(
        "health",
        "Free eye camp at the civil hospital",
        "Registration from 8 in the morning. Spectacles are given "
        "on the same day; operations are on the following Monday.",
    ),
    Notice(
        "health", "ডেংগু প্ৰতিৰোধ অভিযান", "ঘৰৰ চাৰিওফালে পানী জমা হ'বলৈ নিদিব। জ্বৰ হ'লে ওচৰৰ স্বাস্থ্য কেন্দ্ৰত বিনামূলীয়া পৰীক্ষা কৰাব।"
    ),
    Notice(
        "exam",
        "Clerk recruitment: admit cards are out",
        "Download the card with your application number. The centre "
        "cannot be changed. The helpdesk answers from 10 to 5.",
    ),
    Notice(
        "water",
        "Water supply: two hours a day this week",
        "A pump at the treatment plant is being replaced. Tankers go to the hill wards in the morning.",
    ),
    Notice(
        "ration",
        "राशन कार्ड में नाम जोड़ने का विशेष शिविर",
        "शिविर हर पंचायत भवन में रविवार को लगेगा। आधार की प्रति और पुराना कार्ड साथ लाएँ।",
    ),
)

PLACES: Final = {
    "en": ("Ward 3", "the lower village", "the old ferry bank", "Station Road", "the hill colony", "the market area"),
    "as": ("তলাগাঁও", "পুৰণি ঘাট", "৩ নং ৱাৰ্ড", "বজাৰ চাৰিআলি", "পাহাৰতলী", "নামনি চুবুৰী"),
    "hi": ("निचला गाँव", "वार्ड 3", "पुराना घाट", "स्टेशन रोड", "पहाड़ी बस्ती", "बाज़ार चौक"),
}
NAMES: Final = {
    "en": ("Anita B.", "Rafiq", "Peter L.", "Mina", "D. Kumar", "Sunita", "J. Thomas", "Bimal"),
    "as": ("ৰুপা", "হিৰেন", "জোনালী ব.", "মৃদুল", "ৰহিম আ.", "পাপৰি", "দীপক", "মামণি"),
    "hi": ("सीमा", "राजू", "इमरान", "कमला देवी", "अजय", "पूजा", "मोहन ल.", "शबनम"),
}
PARTIES: Final = {
    "en": ("the Lantern Party", "the Boat Party"),
    "as": ("লণ্ঠন দল", "নাও দল"),
    "hi": ("लालटेन दल", "नाव दल"),
}

_S = Sort

LINES: Final = (
    # Thanks
    Line(_S.THANKS, "en", "", "Thank you for the quick update. Very helpful."),
    Line(_S.THANKS, "en", "flood", "The boat came to {place} within the hour. Thanks to the whole team 🙏"),
    Line(_S.THANKS, "en", "health", "My mother got her spectacles the same day. God bless the doctors."),
    Line(_S.THANKS, "as", "", "খবৰটো দিয়াৰ বাবে ধন্যবাদ।"),
    Line(_S.THANKS, "as", "flood", "{place}ৰ ৰাইজে সময়মতে সাহায্য পালে। আপোনালোকক অশেষ ধন্যবাদ 🙏"),
    Line(_S.THANKS, "hi", "", "जानकारी देने के लिए धन्यवाद।"),
    Line(_S.THANKS, "hi", "pension", "इस बार पेंशन समय पर मिली। बहुत-बहुत धन्यवाद 🙏"),
    # Questions
    Line(_S.QUESTION, "en", "flood", "Is the relief camp near {place} still taking families? We are {number} people."),
    Line(_S.QUESTION, "en", "pension", "My father's pension stopped {number} months ago. Which office do we go to?"),
    Line(_S.QUESTION, "en", "road", "Will the bus to {place} run on Sunday?"),
    Line(
        _S.QUESTION,
        "en",
        "exam",
        "The admit card page says “not found”. I applied {number} weeks ago. What should I do?",
    ),
    Line(_S.QUESTION, "en", "health", "Do we need to book for the eye camp or can we just come?"),
    Line(_S.QUESTION, "en", "", "Is there a phone number for this? The website does not open on my phone."),
    Line(_S.QUESTION, "as", "flood", "{place}ত আশ্ৰয় শিবিৰ খোলা আছেনে? ঘৰত সৰু ল'ৰা-ছোৱালী আছে।"),
    Line(_S.QUESTION, "as", "health", "বিনামূলীয়া পৰীক্ষা কিমান বজালৈকে চলিব?"),
    Line(_S.QUESTION, "as", "water", "আমাৰ ফালে কেতিয়া পানী আহিব? {place}ত {number} দিন ধৰি পানী নাই।"),
    Line(_S.QUESTION, "as", "", "আবেদনৰ শেষ তাৰিখ কেতিয়া জনাবনে?"),
    Line(_S.QUESTION, "hi", "pension", "जीवन प्रमाण पत्र ऑनलाइन जमा हो सकता है क्या? पिताजी चल नहीं सकते।"),
    Line(_S.QUESTION, "hi", "ration", "बहू का नाम जोड़ना है। शादी का प्रमाण पत्र ज़रूरी है क्या?"),
    Line(_S.QUESTION, "hi", "exam", "परीक्षा केंद्र {place} से बहुत दूर है। क्या बस मिलेगी?"),
    Line(_S.QUESTION, "hi", "", "इसके लिए आवेदन कहाँ करना है?"),
    # Grievances
    Line(
        _S.GRIEVANCE,
        "en",
        "road",
        "The hole at {place} has been there for {number} weeks. Two scooters fell last night.",
    ),
    Line(_S.GRIEVANCE, "en", "water", "No water in {place} for {number} days. The tanker never came up the hill."),
    Line(_S.GRIEVANCE, "en", "flood", "Only rice was given in {place}, no milk for babies. Please send some."),
    Line(
        _S.GRIEVANCE, "en", "pension", "Went to the block office {number} times. Each time they say the server is down."
    ),
    Line(
        _S.GRIEVANCE, "en", "health", "Waited five hours at the hospital and the doctor had left. Complaint no. {ref}."
    ),
    Line(_S.GRIEVANCE, "as", "road", "{place}ৰ ৰাস্তাটো {number} মাহ ধৰি ভগা। কোনেও চোৱা নাই।"),
    Line(_S.GRIEVANCE, "as", "flood", "আমাৰ গাঁৱত এতিয়ালৈকে কোনো সাহায্য অহা নাই। {place}লৈ এবাৰ আহি চাওক।"),
    Line(_S.GRIEVANCE, "as", "water", "টেংকাৰৰ পানী লেতেৰা। ল'ৰা-ছোৱালীৰ বেমাৰ হৈছে।"),
    Line(_S.GRIEVANCE, "as", "", "{number} বাৰ আবেদন কৰিলোঁ, কোনো উত্তৰ নাপালোঁ।"),
    Line(_S.GRIEVANCE, "hi", "pension", "{number} महीने से पेंशन नहीं आई। बैंक वाले कहते हैं कि ऊपर से नहीं आया।"),
    Line(_S.GRIEVANCE, "hi", "ration", "डीलर हर बार दो किलो कम देता है। शिकायत संख्या {ref} पर कुछ नहीं हुआ।"),
    Line(_S.GRIEVANCE, "hi", "road", "{place} की सड़क पर रोज़ दुर्घटना होती है। कब बनेगी?"),
    Line(_S.GRIEVANCE, "hi", "water", "{number} दिन से नल में पानी नहीं है, बिल पूरा आ रहा है।"),
    # Criticism: sharp, and protected
    Line(_S.CRITICISM, "en", "", "Every year the same promise and nothing changes. This department has failed us."),
    Line(
        _S.CRITICISM,
        "en",
        "flood",
        "The embankment breaks every June and every July there is a photo with a boat. Shame.",
    ),
    Line(_S.CRITICISM, "en", "exam", "Third recruitment in a row with a mess. The board should resign."),
    Line(_S.CRITICISM, "en", "road", "Crores spent on this road and it is gone after one rain. Who took the money?"),
    Line(_S.CRITICISM, "as", "", "চৰকাৰে কেৱল ঘোষণা কৰে, কাম নকৰে। এইটো সম্পূৰ্ণ ব্যৰ্থতা।"),
    Line(_S.CRITICISM, "as", "flood", "বছৰে বছৰে একেই বানপানী, একেই অজুহাত। বিভাগটোৱে কৰিছে কি?"),
    Line(_S.CRITICISM, "as", "road", "এটা বৰষুণতে ৰাস্তা গ'ল! ঠিকাদাৰ আৰু বিষয়াৰ জবাবদিহি ক'ত?"),
    Line(_S.CRITICISM, "hi", "", "हर साल वही वादा, ज़मीन पर कुछ नहीं। यह योजना पूरी तरह विफल है।"),
    Line(_S.CRITICISM, "hi", "ration", "अधिकारी सिर्फ़ फ़ोटो खिंचवाते हैं। गरीब लाइन में खड़ा रहता है। शर्म आनी चाहिए।"),
    Line(_S.CRITICISM, "hi", "exam", "पेपर फिर लीक हुआ। मंत्री जी को इस्तीफ़ा देना चाहिए।"),
    # Abuse
    Line(_S.ABUSE, "en", "", "You people are idiots, all of you. Useless bloody donkeys."),
    Line(_S.ABUSE, "en", "", "Shut up you bastard, nobody asked you."),
    Line(_S.ABUSE, "as", "", "হাৰামখোৰহঁত, তহঁত সব গাধা।"),
    Line(_S.ABUSE, "as", "", "মুখ বন্ধ কৰ কুকুৰ।"),
    Line(_S.ABUSE, "hi", "", "हरामखोरों, तुम सब गधे हो।"),
    Line(_S.ABUSE, "hi", "", "चुप कर कुत्ते, किसी ने तुझसे नहीं पूछा।"),
    # Campaigning, in either direction
    Line(_S.CAMPAIGN, "en", "", "Vote for {party} on the 12th! Only they will save this district."),
    Line(_S.CAMPAIGN, "en", "", "Do not vote for {party}. Throw them out on the 12th, share this everywhere!"),
    Line(_S.CAMPAIGN, "as", "", "১২ তাৰিখে {party}ক ভোট দিয়ক!"),
    Line(_S.CAMPAIGN, "as", "", "{party}ক এটাও ভোট নিদিব, ১২ তাৰিখে হৰুৱাওক!"),
    Line(_S.CAMPAIGN, "hi", "", "12 तारीख को {party} को वोट दें, यही विकास करेंगे!"),
    Line(_S.CAMPAIGN, "hi", "", "{party} को एक भी वोट मत देना, 12 तारीख को हराओ!"),
    # Threats
    Line(_S.THREAT, "en", "", "I know which gate your engineer uses. Tomorrow I will break his legs."),
    Line(_S.THREAT, "en", "", "Close this camp or we will burn your office down tonight."),
    Line(_S.THREAT, "as", "", "কাইলৈ তোমালোকৰ অফিচ জ্বলাই দিম, চাই থাকিবা।"),
    Line(_S.THREAT, "hi", "", "कल दफ़्तर आकर तुम्हारे बाबू को जान से मार दूँगा।"),
    # Spam, which comes in identical copies
    Line(_S.SPAM, "en", "", "Earn 5000 rupees daily from home!! Join now http://easy-money.example/join?id={ref}"),
    Line(_S.SPAM, "en", "", "Lost your loan? Instant loan without papers, click http://fast-loan.example"),
    Line(_S.SPAM, "as", "", "ঘৰতে বহি দিনে ৫০০০ টকা উপাৰ্জন কৰক http://easy-money.example/as"),
    Line(_S.SPAM, "hi", "", "घर बैठे रोज़ 5000 रुपये कमाएँ, अभी जुड़ें http://easy-money.example/hi"),
    # Personal data of others
    Line(
        _S.PERSONAL, "en", "", "The dealer lives at house 4, lane 2, {place}, phone 90000 000{two}. Everybody call him!"
    ),
    Line(_S.PERSONAL, "en", "", "This is the clerk's private number 90000 000{two}, ring her at night."),
    Line(_S.PERSONAL, "as", "", "এইজন কেৰাণীৰ ঘৰৰ নম্বৰ 90000 000{two}, সকলোৱে ফোন কৰক।"),
    Line(_S.PERSONAL, "hi", "", "डीलर का निजी नंबर 90000 000{two} है, सब लोग रात में फ़ोन करो।"),
    # Somebody may be about to harm themselves
    Line(
        _S.SELF_HARM,
        "en",
        "",
        "I failed again and the money is gone. I do not want to live any more. Sorry to everyone.",
    ),
    Line(_S.SELF_HARM, "as", "", "মই আৰু নোৱাৰোঁ। জীয়াই থাকিবলৈ মন নাই। সকলোৱে ক্ষমা কৰিব।"),
    Line(_S.SELF_HARM, "hi", "", "अब और सहा नहीं जाता। जीना नहीं चाहता। सब मुझे माफ़ कर देना।"),
    # Rescue: details that nothing may mask
    Line(
        _S.RESCUE,
        "en",
        "",
        "HELP. Water up to the roof at {place}, {number} of us with a baby, please send a boat!! 90000 000{two}",
    ),
    Line(
        _S.RESCUE,
        "en",
        "flood",
        "My grandmother is trapped on the school roof at {place}. Phone is dying. Please hurry",
    ),
    Line(_S.RESCUE, "as", "", "আমাক বচাওক! {place}ত ঘৰৰ চালত {number} জন মানুহ আবদ্ধ। নাও পঠাওক। 90000 000{two}"),
    Line(_S.RESCUE, "as", "flood", "{place}ত পানী বুকুলৈকে। মা বিছনাত পৰি আছে। সোনকালে আহক।"),
    Line(_S.RESCUE, "hi", "", "बचाओ! {place} में छत पर {number} लोग फँसे हैं, पानी बढ़ रहा है, नाव भेजो। 90000 000{two}"),
    Line(_S.RESCUE, "hi", "flood", "{place} में गर्भवती महिला फँसी है, रास्ता बंद है, कृपया तुरंत मदद भेजें।"),
    # What one citizen writes below another
    Line(_S.ANSWER, "en", "", "Same here in {place}."),
    Line(_S.ANSWER, "en", "", "Did anyone answer you? I have been waiting too."),
    Line(_S.ANSWER, "en", "", "Go to the block office before 11, they close the window early."),
    Line(_S.ANSWER, "as", "", "আমাৰো একেই অৱস্থা।"),
    Line(_S.ANSWER, "as", "", "কোনোবাই উত্তৰ দিলেনে?"),
    Line(_S.ANSWER, "hi", "", "हमारे यहाँ भी यही हाल है।"),
    Line(_S.ANSWER, "hi", "", "भाई, पंचायत भवन में पूछ लो, वहाँ फ़ॉर्म मिल रहा है।"),
    # What an author writes below the desk's reply
    Line(_S.AGAIN, "en", "", "Thank you for answering. I will go there tomorrow."),
    Line(_S.AGAIN, "en", "", "That is what they said last time too. When exactly?"),
    Line(_S.AGAIN, "as", "", "উত্তৰৰ বাবে ধন্যবাদ।"),
    Line(_S.AGAIN, "as", "", "কিন্তু তাত কোনো নাই, মই গৈছিলোঁ।"),
    Line(_S.AGAIN, "hi", "", "जवाब देने के लिए धन्यवाद।"),
    Line(_S.AGAIN, "hi", "", "पर वहाँ कोई मिलता ही नहीं, कब जाएँ?"),
)

EDITS: Final = {"en": " (edited: still no answer)", "as": " (সংযোজন: এতিয়াও উত্তৰ নাই)", "hi": " (संपादित: अब तक उत्तर नहीं)"}
"""What an author adds to an earlier comment."""

MIXTURE: Final = {
    Sort.QUESTION: 26,
    Sort.GRIEVANCE: 24,
    Sort.CRITICISM: 14,
    Sort.THANKS: 12,
    Sort.ABUSE: 7,
    Sort.CAMPAIGN: 5,
    Sort.SPAM: 4,
    Sort.PERSONAL: 3,
    Sort.RESCUE: 2,
    Sort.THREAT: 2,
    Sort.SELF_HARM: 1,
}
"""How often each sort is said at the top of a thread, in parts of a hundred."""

OPENING: Final = (
    (Sort.QUESTION, "en"),
    (Sort.GRIEVANCE, "as"),
    (Sort.THANKS, "hi"),
    (Sort.CRITICISM, "en"),
    (Sort.ABUSE, "as"),
    (Sort.QUESTION, "hi"),
    (Sort.SPAM, "en"),
    (Sort.SPAM, "en"),
    (Sort.RESCUE, "as"),
    (Sort.CRITICISM, "hi"),
    (Sort.PERSONAL, "en"),
    (Sort.CAMPAIGN, "hi"),
    (Sort.QUESTION, "as"),
)
"""What stands in the queue when practice begins: something of everything."""
