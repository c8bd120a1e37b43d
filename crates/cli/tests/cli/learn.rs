//! `gannet devices learn`.

use crate::bench::{Bench, feature};

/// A folder with the capture of a call between two models, `results/f-L2-s.pcapng`.
fn captured(caller: &str, callee: &str) -> Bench {
    let steps = [
        &format!("Alice uses {caller} phone") as &str,
        &format!("Bob uses {callee} phone"),
        "Alice calls Bob",
        "Bob answers the call",
        "Bob hangs up",
    ];
    let bench = Bench::new().with("f.feature", &feature(&steps));
    bench.run("test f.feature --out results").expect(0, &[]);
    bench
}

/// The address of the phone that calls itself so.
fn address_of(bench: &Bench, agent: &str) -> String {
    let events = bench.read("results/events.jsonl");
    let line = events
        .lines()
        .find(|line| line.contains("REGISTER sip:") && line.contains(agent));
    let line = line.unwrap_or_else(|| panic!("no REGISTER of {agent}"));
    let contact = line.split("@127.0.0.1:").nth(1).expect("a contact");
    let port: String = contact.chars().take_while(char::is_ascii_digit).collect();
    format!("127.0.0.1:{port}")
}

#[test]
fn a_learned_profile_sends_what_the_phone_sent() {
    let bench = captured("Squirrel350", "Chipmunk5000");
    for model in ["Squirrel350", "Chipmunk5000"] {
        let phone = address_of(&bench, model);
        let out = format!("mine/Learned{model}.toml");
        std::fs::create_dir_all(bench.path().join("mine")).unwrap();
        bench
            .run(&format!(
                "devices learn results/f-L2-s.pcapng --phone {phone} -o {out}"
            ))
            .expect(0, &["learned from REGISTER"]);
        let learned = bench.read(&out);
        let shipped = bench.run(&format!("devices {model}")).out;
        for key in [
            "user-agent",
            "compact",
            "call-id",
            "tag",
            "branch",
            "allow",
            "supported",
            "expires-in",
            "instance",
            "session-name",
            "direction",
            "telephone-event-fmtp",
            "attributes",
        ] {
            let value = |text: &str| setting(text, key);
            assert_eq!(
                value(&learned),
                value(&shipped),
                "{model}: {key}\n{learned}"
            );
        }
    }
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
fn the_phone_must_be_clear_and_the_file_a_capture() {
    let bench = captured("generic", "generic");
    bench.run("devices learn results/f-L2-s.pcapng").expect(
        2,
        &[
            "say which with --phone ADDRESS",
            "several addresses",
            "127.0.0.1:",
        ],
    );
    bench
        .run("devices learn results/f-L2-s.pcapng --phone 192.0.2.7")
        .expect(2, &["192.0.2.7 sends no REGISTER"]);
    bench
        .run("devices learn f.feature")
        .expect(2, &["not a pcap or pcapng file"]);
    bench
        .run("devices learn nothing.pcap")
        .expect(2, &["cannot read `nothing.pcap`"]);
}
