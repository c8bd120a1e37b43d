//! Conferences, music on hold and the mailbox, as sentences; the features beside them show the rest.

use crate::bench::{Bench, feature};

#[test]
fn who_is_heard_is_named_when_it_is_not_so_many() {
    let alone = ["Alice calls conference", "Alice hears 1 party within 2 s"];
    let fewer = [
        "Alice calls conference",
        "Bob calls conference",
        "Carol calls conference",
        "Alice hears 1 party within 3 s",
    ];
    let bench = Bench::new()
        .with("alone.feature", &feature(&alone))
        .with("fewer.feature", &feature(&fewer));
    bench.run("test alone.feature fewer.feature").expect(
        1,
        &[
            "Alice heard nobody, expected 1 party",
            "Alice heard Bob, Carol, expected 1 party",
            "1 party for a second",
        ],
    );
}

#[test]
fn calls_that_cannot_be_joined_are_told() {
    let call = ["Alice calls Bob as call first", "Bob answers the call"];
    let unnamed = [call[0], call[1], "Alice joins calls first and second"];
    let twice = [call[0], call[1], "Alice joins calls first and first"];
    let foreign = [
        call[0],
        call[1],
        "Carol is idle",
        "Carol calls Dave as call other",
        "Dave answers the call",
        "Alice joins calls first and other",
    ];
    let nobody = [
        "Carol is idle",
        "Alice starts a conference with Bob, Carol within 1 s",
    ];
    let bench = Bench::new()
        .with("unnamed.feature", &feature(&unnamed))
        .with("twice.feature", &feature(&twice))
        .with("foreign.feature", &feature(&foreign))
        .with("nobody.feature", &feature(&nobody));
    bench
        .run("test unnamed.feature twice.feature foreign.feature nobody.feature")
        .expect(
            1,
            &[
                "there is no call second; the named calls are first",
                "two different calls",
                "call other is one of Carol, not of Alice",
                "waited for the call to be connected; call 1 is ringing",
                "4 scenarios: 3 failed, 1 timed out",
            ],
        );
}

#[test]
fn rooms_have_the_numbers_of_the_configuration() {
    let steps = ["Alice calls 800", "Bob calls 800", "Alice hears Bob"];
    let bench = Bench::new()
        .with("f.feature", &feature(&steps))
        .with("gannet.toml", "[pbx]\nconference = [\"800\"]\n");
    bench.run("test f.feature").expect(0, &["1 passed"]);
    let off = Bench::new()
        .with(
            "f.feature",
            &format!("@requires.conference\n{}", feature(&steps)),
        )
        .with("gannet.toml", "[pbx]\nconference = []\n");
    off.run("test f.feature").expect(4, &["skipped"]);
}

#[test]
fn music_on_hold_is_switched_by_configuration_or_tag() {
    let steps = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice puts the call on hold",
        "Bob hears a 523 Hz tone within 6 s",
    ];
    let text = feature(&steps);
    let tagged = format!("@requires.music-on-hold\n{text}");
    let on = Bench::new()
        .with("f.feature", &text)
        .with("gannet.toml", "[pbx]\nmusic_on_hold = true\n");
    on.run("test f.feature").expect(0, &["1 passed"]);
    let relayed = Bench::new().with("f.feature", &text);
    relayed.run("test f.feature").expect(1, &["a 523 Hz tone"]);
    let off = Bench::new()
        .with("f.feature", &tagged)
        .with("gannet.toml", "[pbx]\nmusic_on_hold = false\n");
    off.run("test f.feature").expect(4, &["skipped"]);
}

#[test]
fn a_mailbox_with_a_pin_opens_by_keys() {
    let left = [
        "Bob is busy",
        "Alice calls Bob",
        "Alice leaves a voicemail of 3 seconds",
        "Bob calls *97",
    ];
    let right = [
        &left[..],
        &["Bob listens to voicemail \"4711#\"", "Bob hears Alice"],
    ]
    .concat();
    let wrong = [
        &left[..],
        &[
            "Bob listens to voicemail \"1#2#3#\"",
            "Bob receives BYE",
            "Bob has 1 new and 0 old messages",
        ],
    ]
    .concat();
    let none = ["Alice is idle", "Bob listens to voicemail \"x\""];
    let bench = Bench::new()
        .with("right.feature", &feature(&right))
        .with("wrong.feature", &feature(&wrong))
        .with("gannet.toml", "[user.Bob]\npin = \"4711\"\n");
    bench
        .run("test right.feature wrong.feature")
        .expect(0, &["2 passed"]);
    let bench = Bench::new().with("none.feature", &feature(&none));
    bench
        .run("test none.feature")
        .expect(1, &["`x` is no DTMF key"]);
    let bench = Bench::new()
        .with("f.feature", &feature(&none))
        .with("gannet.toml", "[user.Bob]\npin = \"47a1\"\n");
    bench.run("test f.feature").expect(2, &["1 to 16 digits"]);
}

#[test]
fn a_voicemail_that_does_not_answer_is_told() {
    let phone = [
        "Alice calls Bob",
        "Bob answers the call",
        "Alice leaves a voicemail of 1 s within 3 s",
    ];
    let bench = Bench::new().with("f.feature", &feature(&phone));
    bench
        .run("test f.feature")
        .expect(1, &["the greeting that Alice hears does not end"]);
}
