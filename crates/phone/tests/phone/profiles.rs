//! Device profiles: the shipped ones, inheritance, overrides, and every kind of mistake.

use std::collections::BTreeSet;
use std::time::Duration;

use gannet_phone::profile::setting_names;
use gannet_phone::{Profile, ProfileError, ProfileLibrary};
use gannet_sip::Transport;
use gannet_ua::KeepAliveKind;

fn shipped(name: &str) -> Profile {
    ProfileLibrary::shipped()
        .load(name)
        .expect(name)
        .as_ref()
        .clone()
}

fn mistakes(text: &str) -> String {
    let mut library = ProfileLibrary::shipped();
    library.add("mine", "mine.toml", text);
    library.load("mine").expect_err("mistakes").to_string()
}

#[test]
fn every_shipped_profile_loads() {
    let library = ProfileLibrary::shipped();
    let names: Vec<_> = library.names().collect();
    let expected = [
        "Chipmunk5000",
        "DeskG",
        "DeskG801",
        "DeskP",
        "DeskP650",
        "DeskY",
        "DeskY-T2x",
        "Squirrel350",
        "generic",
    ];
    assert_eq!(names, expected);
    let mut models = BTreeSet::new();
    for name in names {
        let profile = library.load(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(profile.name, name);
        assert!(models.insert(profile.identity.model.clone()), "{name}");
    }
}

#[test]
fn generic_profile_lists_every_setting() {
    let library = ProfileLibrary::shipped();
    let table: toml::Table = library
        .source("generic")
        .expect("shipped")
        .text()
        .parse()
        .expect("TOML");
    let written: BTreeSet<String> = table
        .iter()
        .flat_map(|(group, keys)| {
            let keys = keys.as_table().expect("a group").keys();
            keys.map(move |key| format!("{group}.{key}"))
        })
        .collect();
    assert_eq!(written, setting_names().collect());
}

#[test]
fn the_two_models_differ_where_servers_break() {
    let (squirrel, chipmunk) = (shipped("Squirrel350"), shipped("Chipmunk5000"));
    assert_ne!(squirrel.messages.compact, chipmunk.messages.compact);
    assert_ne!(squirrel.messages.order, chipmunk.messages.order);
    assert_ne!(squirrel.messages.rport, chipmunk.messages.rport);
    assert_ne!(squirrel.identifiers, chipmunk.identifiers);
    assert_ne!(squirrel.addresses, chipmunk.addresses);
    assert_ne!(squirrel.sdp.layout, chipmunk.sdp.layout);
    assert_eq!(
        (squirrel.incoming.dnd_code, chipmunk.incoming.dnd_code),
        (486, 603)
    );
    assert_eq!(
        (squirrel.incoming.ring_code, chipmunk.incoming.ring_code),
        (180, 183)
    );
    assert_eq!(
        (squirrel.mwi.subscribes, chipmunk.mwi.subscribes),
        (true, false)
    );
    let first = |profile: &Profile| profile.sdp.formats[0].encoding.clone();
    assert_eq!(
        (first(&squirrel).as_str(), first(&chipmunk).as_str()),
        ("PCMU", "PCMA")
    );
}

#[test]
fn inherited_settings_are_kept_unless_changed() {
    let mut library = ProfileLibrary::shipped();
    library.add(
        "parent",
        "parent.toml",
        "inherits = \"Chipmunk5000\"\n[incoming]\nring-time = 7\n",
    );
    library.add(
        "child",
        "child.toml",
        "inherits = \"parent\"\n[incoming]\ndnd-code = 480\n",
    );
    let child = library.load("child").expect("valid");
    assert_eq!(child.name, "child");
    assert_eq!(child.identity.model, "Chipmunk5000");
    assert_eq!(child.incoming.ring_time, Some(Duration::from_secs(7)));
    assert_eq!(
        (child.incoming.dnd_code, child.incoming.reject_code),
        (480, 603)
    );
}

#[test]
fn settings_are_overridden_by_short_and_long_names() {
    let profile = shipped("Squirrel350");
    for key in ["incoming.dnd-code", "dnd-code", "DND code", "dnd_code"] {
        assert_eq!(
            profile
                .with_override(key, "480")
                .expect(key)
                .incoming
                .dnd_code,
            480
        );
    }
    let changed = profile
        .with_override("user-agent", "Acme {model} \"x\"")
        .expect("plain text");
    assert_eq!(
        changed.identity.user_agent.to_string(),
        "Acme {model} \"x\""
    );
    let changed = profile
        .with_override("header-order", "[\"To\", \"From\"]")
        .expect("a list");
    assert_ne!(changed.messages.order, profile.messages.order);
}

#[test]
fn wrong_settings_of_srtp_are_refused() {
    let profile = shipped("Squirrel350");
    for (key, value, expected) in [
        (
            "sdp.srtp",
            "on",
            "expected one of \"off\", \"accepted\", \"offered\", \"required\", found \"on\"",
        ),
        ("srtp-suites", "[]", "expected at least one crypto suite"),
        (
            "srtp-suites",
            "[\"AES_CM_128_HMAC_SHA1_8\"]",
            "AES_CM_128_HMAC_SHA1_80",
        ),
        (
            "srtp-lifetime",
            "2^49",
            "packets up to 2^48, found \"2^49\"",
        ),
        (
            "srtp-mki",
            "256:1",
            "an identifier and its octets like \"1:4\", found \"256:1\"",
        ),
    ] {
        let refused = profile.with_override(key, value).expect_err("refused");
        let text = refused.to_string();
        assert!(text.contains(expected), "{key}: {text}");
    }
}

#[test]
fn wrong_overrides_are_refused() {
    let profile = shipped("Squirrel350");
    let refused = |key: &str, value: &str| {
        profile
            .with_override(key, value)
            .expect_err("refused")
            .to_string()
    };
    for (key, value, expected) in [
        ("dnd-cod", "480", "did you mean `dnd-code`?"),
        (
            "expires",
            "5",
            "may mean registration.expires or mwi.expires",
        ),
        (
            "dnd-code",
            "200",
            "expected a whole number from 400 to 699, found 200",
        ),
        (
            "dnd-code",
            "busy",
            "expected a whole number from 400 to 699, found \"busy\"",
        ),
        ("compact", "maybe", "expected an array, found \"maybe\""),
        (
            "rtp.rtcp-xr",
            "x",
            "rtp.rtcp-xr is not supported yet (extended reports (RFC 3611))",
        ),
        ("colon", "=", "expected a colon with blanks around it"),
        (
            "fold-at",
            "7",
            "expected 0 for never, or a length from 20 to 1000",
        ),
        ("dial-plan", "{ \"[\" = \"1\" }", "expected a closing ]"),
        ("outgoing.privacy", "idd", "did you mean `id`?"),
        ("rtp.ports", "[5000]", "with room for RTP and RTCP"),
        ("session-id", "x", "expected \"random\", or up to 19 digits"),
        (
            "registration.contact-parameters",
            "{ expires = \"1\" }",
            "the phone writes it itself",
        ),
        (
            "glare-caller-ms",
            "[9, 1]",
            "the shortest and the longest time",
        ),
        (
            "ring-code",
            "180\n[mwi]\nexpires = 5",
            "a whole number from 180 to 183, found \"180",
        ),
        (
            "model",
            "x\n[mwi]\nexpires = 5",
            "character '\\n' may not stand here",
        ),
    ] {
        let text = refused(key, value);
        assert!(text.contains(expected), "{key} = {value}:\n{text}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_place_and_nearest_name() {
    let text = mistakes(
        "inherits = \"Squirel350\"\n\
         [incoming]\n\
         dnd-cod = 486\n\
         ring-code = 181\n\
         ring-time = \"long\"\n\
         expires = 5\n\
         [quirks]\n\
         duplicate-contacts = true\n\
         [transport]\n\
         dns = \"srv\"\n\
         [transfer]\n\
         accept = false\n\
         accept-code = 201\n\
         [identiti]\n\
         model = \"x\"\n\
         [lists]\n\
         supported = [\"eventlist\", \"path\"]\n\
         allow = [\"INVITE\", \"REGISTER\", \"BEY\"]\n\
         [sdp]\n\
         codecs = [\"PCMU\", \"G729\", { name = \"PCMA\", pt = 8 }]\n\
         [identifiers]\n\
         tag = \"{hex:2}\"\n\
         [digest]\n\
         algorithms = [\"SHA256\"]\n",
    );
    for expected in [
        "mine.toml:1:12",
        "did you mean `Squirrel350`?",
        "unknown key \"dnd-cod\" in [incoming]",
        "did you mean `dnd-code`?",
        "mine.toml:4:13",
        "expected 180 or 183, found 181",
        "expected a whole number from 0 to 86400, found \"long\"",
        "it belongs into [registration]",
        "unknown key \"duplicate-contacts\" in [quirks]",
        "did you mean `duplicate-contact`?",
        "transport.dns is not supported yet (A, SRV and NAPTR lookups)",
        "expected true, \"ask\", or the status code of a refusal",
        "expected 200 or 202, found 201",
        "unknown table or key \"identiti\"",
        "did you mean `identity`?",
        "option tag eventlist does not work yet",
        "REGISTER does not work yet",
        "did you mean `BYE`?",
        "codec G729 does not work yet",
        "unknown key \"pt\" of a codec",
        "expected at least 32 random bits, these are 8",
        "did you mean `SHA-256`?",
    ] {
        assert!(text.contains(expected), "{expected:?} missing in:\n{text}");
    }
}

#[test]
fn broken_toml_and_circles_are_told() {
    let text = mistakes("[incoming\nx = 1\n");
    assert!(text.contains("mine.toml:1:"), "{text}");
    let mut library = ProfileLibrary::shipped();
    library.add("a", "a.toml", "inherits = \"b\"");
    library.add("b", "b.toml", "inherits = \"a\"");
    let text = library.load("a").expect_err("a circle").to_string();
    assert!(
        text.contains("profiles inherit in a circle: a -> b -> a"),
        "{text}"
    );
    let text = library.load("Squirrel").expect_err("unknown").to_string();
    assert_eq!(
        text,
        "there is no device profile \"Squirrel\": did you mean Squirrel350?"
    );
}

#[test]
fn directories_add_profiles() {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(
        directory.path().join("Vole.toml"),
        "inherits = \"generic\"\n",
    )
    .expect("written");
    std::fs::write(directory.path().join("notes.txt"), "nothing").expect("written");
    let mut library = ProfileLibrary::shipped();
    library.add_directory(directory.path()).expect("readable");
    assert_eq!(
        library.load("Vole").expect("valid").identity.vendor,
        "Gannet"
    );
    assert_eq!(library.names().count(), 10);
    let missing = library.add_directory(&directory.path().join("none"));
    assert!(matches!(missing, Err(ProfileError::Unreadable { .. })));
}

#[test]
fn flows_reactions_and_keep_alives_are_read_and_mistakes_in_them_told() {
    let mut library = ProfileLibrary::shipped();
    library.add(
        "mine",
        "mine.toml",
        "[registration]\n\
         flows = [\"udp\", \"tcp\", \"tcp 192.0.2.7:5061\"]\n\
         reactions = { \"403\" = \"stop\", \"5xx\" = \"retry\" }\n\
         q = \"0.5\"\n\
         [keep-alive]\n\
         kind = \"rfc5626\"\n\
         [nat]\n\
         contact = \"203.0.113.9:6060\"\n",
    );
    let profile = library.load("mine").expect("valid");
    let ways: Vec<_> = profile
        .registration
        .flows
        .iter()
        .map(|flow| (flow.transport, flow.address.map(|address| address.port())))
        .collect();
    let expected = [
        (Transport::Udp, None),
        (Transport::Tcp, None),
        (Transport::Tcp, Some(5061)),
    ];
    assert_eq!(ways, expected);
    assert_eq!(profile.registration.reactions.len(), 2);
    assert_eq!(profile.keep_alive.kind, KeepAliveKind::ByTransport);
    let outside = ("203.0.113.9".parse().expect("an address"), Some(6060));
    assert_eq!(profile.nat.contact, Some(outside));
    let text = mistakes(
        "[registration]\n\
         flows = [\"udp\", \"udp\"]\n\
         reactions = { \"99\" = \"stop\", \"404\" = \"never\" }\n\
         q = \"1.5\"\n\
         [nat]\n\
         contact = \"here\"\n",
    );
    for expected in [
        "two flows over udp to one place would be the same flow",
        "expected a code from 300 to 699 or a class as in 5xx, found \"99\"",
        "expected one of \"retry\", \"at-once\", \"stop\", found \"never\"",
        "expected a preference from \"0\" to \"1\"",
        "expected \"own\", an IP address or an IP address with a port, found \"here\"",
    ] {
        assert!(text.contains(expected), "{expected:?} missing in:\n{text}");
    }
}
