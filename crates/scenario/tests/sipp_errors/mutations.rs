//! Files with any damage are complained about, or load; nothing else happens.

use gannet_scenario::seagull::NamedBytes;
use gannet_scenario::sipp::injection::InjectionFile;
use gannet_scenario::sipp::{Options, compile_text, dump, load};
use proptest::prelude::*;

use crate::marked::read;

/// A scenario with a bit of everything.
pub(crate) const WHOLE: &str = include_str!("../sipp_sections/everything.xml");

fn options() -> Options {
    Options {
        keys: vec![("farm".to_owned(), "Green Acre".to_owned())],
        ..Options::default()
    }
}

/// Takes out a piece of a text, and puts one of its own pieces or a character in its place.
fn damage(text: &mut String, [at, length, from]: [prop::sample::Index; 3], other: char) {
    let place = |index: prop::sample::Index, text: &str| {
        text.floor_char_boundary(index.index(text.len() + 1))
    };
    let start = place(at, text);
    let end = text.floor_char_boundary((start + length.index(30)).min(text.len()));
    let source = place(from, text);
    let source_end = text.ceil_char_boundary((source + 12).min(text.len()));
    let piece = if other == ' ' {
        text[source..source_end].to_owned()
    } else {
        other.to_string()
    };
    text.replace_range(start..end.max(start), &piece);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damage_is_told_or_harmless(
        damages in prop::collection::vec(
            (any::<[prop::sample::Index; 3]>(), prop::sample::select(vec![' ', '"', '<', '>', '[', ']', '$', '\\', '9', ',', '\u{e9}'])),
            1..5,
        ),
    ) {
        let mut text = WHOLE.to_owned();
        for (places, other) in damages {
            damage(&mut text, places, other);
        }
        let loaded = read(&text, &options());
        prop_assert_eq!(loaded.scenario.is_none(), loaded.diagnostics.has_errors());
        for found in &loaded.diagnostics {
            prop_assert!(loaded.source.text().get(found.span.clone()).is_some(), "{:?}", found);
        }
        if let Some(scenario) = &loaded.scenario {
            prop_assert!(!dump(scenario).is_empty());
        }
    }

    #[test]
    fn any_bytes_are_told_or_load(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let file = NamedBytes { name: "x".to_owned(), bytes };
        let loaded = load(&file, &Options::default());
        prop_assert_eq!(loaded.scenario.is_none(), loaded.diagnostics.has_errors());
        let lines = InjectionFile::load(&file);
        prop_assert_eq!(lines.file.is_none(), lines.diagnostics.has_errors());
    }

    #[test]
    fn any_text_compiles_or_has_a_problem(text in "[\\[\\]a-z$\"=\\\\x0-9+\n\u{e9} -]{0,60}") {
        let whole = read(WHOLE, &options());
        let scenario = whole.scenario.expect("a scenario");
        drop(compile_text(text.as_bytes(), &scenario, &[]));
        drop(gannet_scenario::sipp::model::Credentials::find(text.as_bytes(), &scenario, &[]));
    }
}
