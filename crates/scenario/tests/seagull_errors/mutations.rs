//! Files with any damage are complained about, or load; nothing else happens.

use proptest::prelude::*;

use crate::seagull_files::{Set, receive, send, traffic};

const ACTIONS: &str = r#"<inc-counter name="n"></inc-counter>
  <set-value name="subject" format="$(n)@$(v)" fill-pattern="0x00" fill-size="8"></set-value>
  <restore name="v" entity="call-id" begin="0" end="1"></restore>
  <set-bit name="v" entity="call-id" position="3" value="1"></set-bit>
  <open args="mode=client;dest=[::1]:5062"></open>"#;

const CHECKS: &str = r#"<check-value name="subject" behaviour="error"></check-value>
  <check-value name="call-id" behaviour="error" branch_on="486" look_ahead="1"></check-value>
  <store name="w" entity="o"><regexp expr="(a|b)*" nbexpr="2" subexpr="1"></regexp></store>"#;

fn whole() -> Set {
    let store = r#"<store name="v" entity="call-id"></store>"#;
    let first = send("one", "INVITE", store, ACTIONS).replacen("<send", "<send label=\"a\"", 1);
    let commands = [
        first,
        receive("channel=\"one\" optional=\"true\"", "SIP/2.0 183 x", ""),
        receive("channel=\"one\" accept=\"486=b\"", "SIP/2.0 200 OK", CHECKS),
        "<wait-ms label=\"b\" distribution=\"uniform\" min=\"1\" max=\"2\"></wait-ms>".to_owned(),
    ];
    let correlation = r#"<correlation><channel name="one">
      <retrieve><search-in-map name="call-id"></search-in-map></retrieve>
      <command name="a"><post-action><insert-in-map channel="one" entity="call-id"></insert-in-map>
      </post-action></command></channel></correlation><traffic>"#;
    let scenario = traffic(&commands).replacen("<traffic>", correlation, 1);
    Set::new(&scenario)
        .params(r#"<define entity="config-param" name="p" value="x"></define>"#)
        .dictionary(
            "FIELDS",
            r#"<fielddef name="v2" header="Via" nth="2"></fielddef>"#,
        )
}

#[test]
fn the_whole_set_loads() {
    assert_eq!(whole().run().scenario.sections[0].steps.len(), 4);
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
    #[test]
    fn damage_is_told_or_harmless(
        file in 0..3,
        damages in prop::collection::vec(
            (any::<[prop::sample::Index; 3]>(), prop::sample::select(vec![' ', '"', '<', '>', '$', ')', '(', '9', '\\', '\u{e9}'])),
            1..4,
        ),
    ) {
        let mut set = whole();
        let text = match file {
            0 => &mut set.conf,
            1 => &mut set.dictionaries[0],
            _ => &mut set.scenario,
        };
        for (places, other) in damages {
            damage(text, places, other);
        }
        let loaded = set.load();
        prop_assert_eq!(loaded.run.is_none(), loaded.has_errors());
        for (source, diagnostics) in &loaded.diagnostics {
            for found in diagnostics {
                prop_assert!(source.text().get(found.span.clone()).is_some(), "{found:?}");
            }
        }
    }
}
