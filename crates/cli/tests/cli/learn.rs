//! `gannet devices learn`.

use crate::bench::{Bench, feature};

/// The capture of two calls between two models, one each way.
const CAPTURE: &str = "results/f-L2-s.pcapng";

/// A folder with it, and the addresses of both phones.
fn captured(one: &str, other: &str) -> (Bench, Vec<String>) {
    let steps = [
        &format!("Alice uses {one} phone") as &str,
        &format!("Bob uses {other} phone"),
        "Alice calls Bob",
        "Bob answers the call",
        "Bob hangs up",
        "Alice is idle",
        "Bob calls Alice",
        "Alice answers the call",
        "Alice hangs up",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature --out results").expect(0, &[]);
    let asked = bench.run(&format!("devices learn {CAPTURE}"));
    asked.expect(
        2,
        &[
            "say which with --phone ADDRESS",
            "several addresses in the capture",
        ],
    );
    let addresses = asked.err.split("127.0.0.1:").skip(1).map(|rest| {
        let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
        format!("127.0.0.1:{port}")
    });
    let addresses = addresses.collect();
    (bench, addresses)
}

#[test]
fn a_learned_profile_sends_what_the_phone_sent() {
    let (bench, addresses) = captured("Squirrel350", "Chipmunk5000");
    assert_eq!(addresses.len(), 2);
    let mut models = Vec::new();
    for address in addresses {
        let out = format!("{}.toml", address.replace([':', '.'], "-"));
        bench
            .run(&format!(
                "devices learn {CAPTURE} --phone {address} -o {out}"
            ))
            .expect(0, &["learned from REGISTER, INVITE, 200 to INVITE of"]);
        let learned = bench.read(&out);
        let model = ["Squirrel350", "Chipmunk5000"]
            .into_iter()
            .find(|model| learned.contains(*model))
            .expect("one of both");
        models.push(model);
        let shipped = bench.run(&format!("devices {model}")).out;
        for key in [
            "user-agent",
            "in-responses",
            "call-id",
            "tag",
            "branch",
            "rport",
            "port-shown",
            "allow",
            "supported",
            "expires-in",
            "instance",
            "ring-code",
            "ptime",
            "session-name",
            "writes-sendrecv",
            "attributes",
        ] {
            let value = |text: &str| setting(text, key);
            assert_eq!(
                value(&learned),
                value(&shipped),
                "{model}: {key}\n{learned}"
            );
        }
        // What was learned is a profile.
        bench
            .run(&format!(
                "devices {} --devices .",
                out.trim_end_matches(".toml")
            ))
            .expect(0, &["Learned from a capture"]);
        bench
            .run(&format!(
                "devices learn {CAPTURE} --phone {address} -o {out}"
            ))
            .expect(3, &["cannot write"]);
    }
    models.sort_unstable();
    assert_eq!(models, ["Chipmunk5000", "Squirrel350"]);
}

/// The value of a key, in one notation; facts of the device filled in.
fn setting(text: &str, key: &str) -> Option<String> {
    let profile: toml::Table = text.parse().expect("TOML");
    let value = profile.values().find_map(|group| group.get(key))?;
    let mut text = value.to_string();
    for fact in ["vendor", "model", "firmware"] {
        let fact_value = profile["identity"].get(fact).and_then(toml::Value::as_str);
        text = text.replace(&format!("{{{fact}}}"), fact_value.unwrap_or_default());
    }
    Some(text)
}

#[test]
fn the_form_of_lines_and_numbers_is_learned() {
    let (bench, addresses) = captured("DeskG", "DeskP");
    for address in addresses {
        let learn = format!("devices learn {CAPTURE} --phone {address}");
        let learned = bench.run(&learn).out;
        let (model, keys) = if learned.contains("G3175") {
            let keys = [
                "call-id",
                "content-length-width",
                "privacy",
                "preferred-identity",
                "contact-display-name",
                "session-version",
            ];
            ("DeskG", keys)
        } else {
            let keys = [
                "methods-in-contact-on",
                "uri-transport",
                "tag",
                "direction",
                "call-id",
                "session-name",
            ];
            ("DeskP", keys)
        };
        let shipped = bench.run(&format!("devices {model}")).out;
        for key in keys {
            let (seen, said) = (setting(&learned, key), setting(&shipped, key));
            assert_eq!(seen, said, "{model}: {key}\n{learned}");
        }
    }
}

#[test]
fn the_phone_must_be_clear_and_the_file_a_capture() {
    let bench = captured("generic", "generic").0;
    bench
        .run(&format!("devices learn {CAPTURE} --phone 192.0.2.7"))
        .expect(2, &["192.0.2.7 sends no REGISTER"]);
    bench
        .run("devices learn f.feature")
        .expect(2, &["not a pcap or pcapng file"]);
    bench
        .run("devices learn nothing.pcap")
        .expect(2, &["cannot read `nothing.pcap`"]);
}
