//! The torture messages of RFC 4475, message by message. The expectations are in `cases.tsv`, where
//! the tests of other crates find them too.

#![expect(clippy::disallowed_methods, reason = "the messages are fixture files")]

mod cases;
mod views;

use std::collections::BTreeSet;

use gannet_sip::{MessageBuilder, Severity, check, refusal};

use crate::cases::{Case, cases, fixtures, message};

#[test]
fn the_table_has_every_file_and_no_other() {
    let Some(folder) = fixtures() else { return };
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("readable")
        .filter_map(|entry| {
            let name = entry.expect("readable").file_name().into_string().ok()?;
            name.strip_suffix(".dat").map(str::to_owned)
        })
        .collect();
    let named: BTreeSet<String> = cases().map(|case| case.name.to_owned()).collect();
    assert_eq!(files, named);
    assert_eq!(cases().count(), 49);
}

#[test]
fn deviations_are_those_of_the_table_at_their_places() {
    for case in cases() {
        let Some(message) = message(case.name) else {
            return;
        };
        let found = check(&message);
        let lines: Vec<_> = found
            .iter()
            .map(|deviation| {
                let mark = match deviation.severity {
                    Severity::Error => '!',
                    Severity::Warning => '?',
                };
                let place = deviation.span.map_or(String::new(), |span| {
                    String::from_utf8_lossy(&message.bytes()[span.range()])
                        .replace('\r', "\\r")
                        .replace('\n', "\\n")
                });
                format!("{mark}{} {} {place}", deviation.rule, deviation.section)
            })
            .collect();
        let agree = lines.len() == case.deviations.len()
            && lines
                .iter()
                .zip(&case.deviations)
                .all(|(line, expected)| line.starts_with(expected));
        assert!(
            agree,
            "{}: expected {:#?}, found {lines:#?}",
            case.name, case.deviations
        );
    }
}

#[test]
fn refusals_are_those_of_the_table_and_among_the_outcomes_of_a_uas() {
    for case in cases() {
        let Some(message) = message(case.name) else {
            return;
        };
        let code = refusal(&message).map(|refusal| refusal.code);
        assert_eq!(code, case.refusal, "{}", case.name);
        if let Some(code) = code {
            let outcomes: Vec<_> = case.uas.split('/').collect();
            assert!(
                outcomes.contains(&code.to_string().as_str()),
                "{}",
                case.name
            );
        }
    }
}

#[test]
fn valid_messages_have_no_errors() {
    for case in cases().filter(|case| matches!(case.class, "valid" | "backward")) {
        let Some(message) = message(case.name) else {
            return;
        };
        let errors: Vec<_> = check(&message)
            .into_iter()
            .filter(|deviation| deviation.severity == Severity::Error)
            .collect();
        assert_eq!(errors, [], "{}", case.name);
    }
}

#[test]
fn invalid_messages_have_deviations() {
    for case in cases().filter(|case| case.class == "invalid") {
        let Some(message) = message(case.name) else {
            return;
        };
        assert_ne!(check(&message), [], "{}", case.name);
    }
}

#[test]
fn every_message_is_built_again_byte_for_byte() {
    for Case { name, .. } in cases() {
        let Some(message) = message(name) else {
            return;
        };
        let built = MessageBuilder::from_message(&message).build();
        if message.layout().complete {
            assert_eq!(&built, message.bytes(), "{name}");
        } else {
            assert_eq!(built, [message.bytes(), &b"\r\n"[..]].concat(), "{name}");
        }
    }
}
