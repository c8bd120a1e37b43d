//! Reading and writing fields, by expressions and by header name.

use gannet_ere::{Options, Regex};
use gannet_scenario::model::{
    Field, FieldFormat, FieldPattern, Finder, HeaderFinder, LineEnds, Nth, Place, WriteError,
};

const HEADER: &[u8] = b"INVITE sip:bob@b SIP/2.0\r\n\
    v: SIP/2.0/UDP one;branch=1\r\n\
    Via : SIP/2.0/UDP\r\n two\r\n\
    Subject: lunch\r\n\
    X-Empty:\r\n\
    Call-ID: 7@a\r\n";

fn by_pattern(expression: &str, groups_exact: usize, group: usize) -> Field {
    let newline = Options {
        newline: true,
        ..Options::default()
    };
    Field {
        name: "f".to_owned(),
        place: Place::Header,
        finder: Finder::Patterns(vec![FieldPattern {
            regex: Regex::new(expression.as_bytes(), newline).expect("a good expression"),
            groups_exact,
            group,
            line: None,
        }]),
        format: None,
    }
}

fn by_name(name: &str, nth: Nth) -> Field {
    Field {
        name: name.to_owned(),
        place: Place::Header,
        finder: Finder::Header(HeaderFinder {
            name: name.to_owned(),
            nth,
        }),
        format: None,
    }
}

fn value(field: &Field, ends: LineEnds) -> Option<String> {
    let found = field.read_value(HEADER, ends)?;
    Some(String::from_utf8_lossy(&HEADER[found]).into_owned())
}

fn written(field: &Field, new: &str, ends: LineEnds) -> Result<String, WriteError> {
    let mut text = HEADER.to_vec();
    field.write(&mut text, new.as_bytes(), ends)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn the_carriage_return_of_a_line_is_no_part_of_a_value_unless_it_must_be() {
    let subject = by_pattern("Subject: (.*)$", 2, 1);
    assert_eq!(value(&subject, LineEnds::Kept).as_deref(), Some("lunch"));
    assert_eq!(value(&subject, LineEnds::Exact).as_deref(), Some("lunch\r"));
}

#[test]
fn a_line_keeps_its_end_when_its_value_is_replaced_unless_it_must_not() {
    let subject = by_pattern("Subject: (.*)$", 2, 1);
    let kept = written(&subject, "tea", LineEnds::Kept).expect("written");
    assert!(kept.contains("Subject: tea\r\nX-Empty"), "{kept}");
    let kept = written(&subject, "tea\r", LineEnds::Kept).expect("written");
    assert!(kept.contains("Subject: tea\r\nX-Empty"), "{kept}");
    let exact = written(&subject, "tea", LineEnds::Exact).expect("written");
    assert!(exact.contains("Subject: tea\nX-Empty"), "{exact}");
}

#[test]
fn reading_needs_the_number_of_groups_and_writing_does_not() {
    let part = by_pattern("Call-ID: ([0-9]+)@([a-z]+)(;x)*", 4, 1);
    assert_eq!(value(&part, LineEnds::Kept), None);
    let text = written(&part, "12345", LineEnds::Kept).expect("written");
    assert!(text.ends_with("Call-ID: 12345@a\r\n"), "{text}");
    let absent_part = by_pattern("Call-ID: ([0-9]+)@([a-z]+)(;x)*", 4, 3);
    assert_eq!(
        written(&absent_part, ";x", LineEnds::Kept),
        Err(WriteError::PartAbsent)
    );
}

#[test]
fn a_missing_field_is_added_at_the_end_if_there_is_a_format() {
    let mut length = by_pattern("Content-Length: ([0-9]*)", 2, 1);
    assert_eq!(
        written(&length, "0", LineEnds::Kept),
        Err(WriteError::Absent)
    );
    length.format = Some(FieldFormat {
        before: (*b"Content-Length: ").into(),
        after: (*b"\r\n").into(),
    });
    let text = written(&length, "12", LineEnds::Kept).expect("added");
    assert!(
        text.ends_with("Call-ID: 7@a\r\nContent-Length: 12\r\n"),
        "{text}"
    );
}

#[test]
fn a_field_of_one_line_is_not_found_in_others() {
    let mut subject = by_pattern("([a-z]+)", 2, 1);
    let Finder::Patterns(patterns) = &mut subject.finder else {
        unreachable!("made of patterns");
    };
    patterns[0].line = Some(5);
    assert_eq!(value(&subject, LineEnds::Kept).as_deref(), Some("ubject"));
}

#[test]
fn header_fields_are_found_by_long_and_compact_name_and_number() {
    for (nth, expected) in [
        (Nth::FromTop(0), Some("SIP/2.0/UDP one;branch=1")),
        (Nth::FromTop(1), Some("SIP/2.0/UDP\r\n two")),
        (Nth::FromTop(2), None),
        (Nth::Last, Some("SIP/2.0/UDP\r\n two")),
    ] {
        let found = value(&by_name("via", nth), LineEnds::Kept);
        assert_eq!(found.as_deref(), expected, "{nth:?}");
    }
    assert_eq!(value(&by_name("x-empty", Nth::Last), LineEnds::Kept), None);
    let text = written(&by_name("x-empty", Nth::Last), " now", LineEnds::Kept).expect("written");
    assert!(text.contains("X-Empty: now\r\n"), "{text}");
    let text = written(&by_name("via", Nth::FromTop(1)), "three", LineEnds::Kept).expect("written");
    assert!(text.contains("Via : three\r\nSubject"), "{text}");
}

#[test]
fn values_of_any_length_are_replaced_in_place() {
    let call = by_pattern("Call-ID: ([^@]*)@", 2, 1);
    for new in ["", "x", "123456789"] {
        let text = written(&call, new, LineEnds::Kept).expect("written");
        assert!(text.ends_with(&format!("Call-ID: {new}@a\r\n")), "{text}");
    }
}
