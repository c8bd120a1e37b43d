//! Calls that ask to be answered by the phone itself: paging and intercom.

use gannet_sip::Message;

use crate::profile::AnswerTrigger;

/// Whether an INVITE asks for it in one of these ways: by Answer-Mode (RFC 5373 4), or as servers
/// and phones have agreed on by custom: `answer-after` in Call-Info, `auto-answer` in any spelling
/// in Alert-Info.
pub(super) fn asks_for_answer(invite: &Message, triggers: &[AnswerTrigger]) -> bool {
    let values = |name: &str| -> Vec<String> {
        let fields = invite.headers_by_text(name);
        fields.map(|field| plain(&field.unfolded())).collect()
    };
    triggers.iter().any(|trigger| match trigger {
        AnswerTrigger::AnswerMode => values("Answer-Mode")
            .iter()
            .any(|value| value.split(';').next() == Some("auto")),
        AnswerTrigger::CallInfo => values("Call-Info")
            .iter()
            .any(|value| value.contains(";answer-after=")),
        AnswerTrigger::AlertInfo => values("Alert-Info")
            .iter()
            .any(|value| value.contains("info=alert-autoanswer") || value.contains("auto-answer")),
    })
}

/// Without blanks, in lower case.
fn plain(value: &str) -> String {
    let kept = value.chars().filter(|c| !c.is_whitespace());
    kept.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_custom_is_understood_and_nothing_else() {
        let table = [
            ("Answer-Mode: Auto", true),
            ("Answer-Mode: auto;require", true),
            ("Answer-Mode: Manual", false),
            ("Call-Info: <sip:a.test>; answer-after=0", true),
            (
                "Call-Info: <http://a.test/answer-after.png>;purpose=icon",
                false,
            ),
            (
                "Alert-Info: <http://a.test>;info=alert-autoanswer;delay=0",
                true,
            ),
            ("Alert-Info: Auto-Answer", true),
            ("Alert-Info: <http://a.test/ring.wav>", false),
            ("Subject: auto-answer", false),
        ];
        for (field, expected) in table {
            let text = format!("INVITE sip:bob@a.test SIP/2.0\r\n{field}\r\n\r\n");
            let invite = Message::parse(text.into_bytes());
            let all = crate::Profile::default().incoming.auto_answer;
            assert_eq!(asks_for_answer(&invite, &all), expected, "{field}");
            let by_mode = asks_for_answer(&invite, &[AnswerTrigger::AnswerMode]);
            assert_eq!(by_mode, expected && field.starts_with("Answer-Mode"));
        }
    }
}
