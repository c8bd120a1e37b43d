//! Files with a marked place.

use gannet_diag::Severity;

use crate::seagull_files::{Set, receive, send, traffic};

/// Loads files of which one holds marks, and compares the complaints about that file with the
/// expected one, and its place with the marks.
pub(crate) fn complains(mut set: Set, expected: &str) {
    let mut marks = None;
    for (name, text) in [
        ("conf.xml", &mut set.conf),
        ("dictionary0.xml", &mut set.dictionaries[0]),
        ("scenario.xml", &mut set.scenario),
    ] {
        if let (Some(start), Some(end)) = (text.find('«'), text.find('»')) {
            marks = Some((name, start..end - '«'.len_utf8()));
            *text = text.replace(['«', '»'], "");
        }
    }
    let (name, place) = marks.expect("a marked place");
    let loaded = set.load();
    let (source, diagnostics) = loaded
        .diagnostics
        .iter()
        .find(|(source, _)| source.name() == name)
        .expect("a file");
    let shown: Vec<String> = diagnostics
        .iter()
        .map(|found| format!("{}: {}", found.code, found.message))
        .collect();
    assert_eq!(shown, [expected], "{}", source.text());
    let found = &diagnostics[0];
    assert_eq!(
        (
            source.position(found.span.start),
            &source.text()[found.span.clone()]
        ),
        (source.position(place.start), &source.text()[place]),
        "{expected}"
    );
    let others: Vec<String> = set
        .complaints()
        .into_iter()
        .filter(|found| !found.starts_with(name))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    let is_error = found.severity == Severity::Error;
    assert_eq!(loaded.run.is_none(), is_error, "{expected}");
}

/// A scenario with nothing wrong in it.
pub(crate) fn good() -> String {
    traffic(&[
        send("one", "INVITE", "", ""),
        receive("channel=\"one\"", "SIP/2.0 200 OK", ""),
    ])
}
