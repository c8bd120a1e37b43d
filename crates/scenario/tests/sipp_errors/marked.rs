//! Scenarios with a marked place.

use gannet_diag::Severity;
use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::{Loaded, Options, load};

/// Reads a scenario file.
pub(crate) fn read(text: &str, options: &Options) -> Loaded {
    let file = NamedBytes {
        name: "s.xml".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    load(&file, options)
}

/// A scenario of these elements, with a request before and a response after them.
pub(crate) fn scenario(elements: &str) -> String {
    format!(
        "<scenario name=\"s\">\n<send><![CDATA[\n OPTIONS sip:x SIP/2.0\n]]></send>\n{elements}\n\
         <recv response=\"200\"/>\n</scenario>\n"
    )
}

/// A scenario with an element that has these actions.
pub(crate) fn acting(actions: &str) -> String {
    scenario(&format!(
        "<nop><action>{actions}</action></nop>\n\
         <nop><action><log message=\"[$a][$b][$c]\"/><assign assign_to=\"a\" value=\"1\"/>\
         <assign assign_to=\"b\" value=\"1\"/><assign assign_to=\"c\" value=\"1\"/></action></nop>"
    ))
}

/// Reads a file that has one complaint: its severity, code and message, and its place, which is the
/// marked one.
pub(crate) fn complains_with(text: &str, options: &Options, severity: Severity, expected: &str) {
    let start = text.find('«').expect("a marked place");
    let end = text.find('»').expect("its end") - '«'.len_utf8();
    let text = text.replace(['«', '»'], "");
    let loaded = read(&text, options);
    let shown: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|found| format!("{:?} {}: {}", found.severity, found.code, found.message))
        .collect();
    assert_eq!(shown, [format!("{severity:?} {expected}")], "{text}");
    let place = loaded.diagnostics[0].span.clone();
    assert_eq!(
        (loaded.source.position(place.start), text.get(place)),
        (loaded.source.position(start), text.get(start..end)),
        "{expected}\n{text}"
    );
    assert_eq!(
        loaded.scenario.is_none(),
        severity == Severity::Error,
        "{expected}"
    );
}

/// The same with an error and without options.
pub(crate) fn refuses(text: &str, expected: &str) {
    complains_with(text, &Options::default(), Severity::Error, expected);
}

/// The same with a warning.
pub(crate) fn warns(text: &str, expected: &str) {
    complains_with(text, &Options::default(), Severity::Warning, expected);
}
