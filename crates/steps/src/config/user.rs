//! `[user.NAME]`.

use super::model::{Config, UserConfig};
use super::reader::{At, Section};
use super::server::TRANSPORTS;

/// The values of `sdp.srtp` in a device profile.
const SRTP: [(&str, &str); 4] = [
    ("off", "off"),
    ("accepted", "accepted"),
    ("offered", "offered"),
    ("required", "required"),
];

pub(super) fn read(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(users) = root.section("user") else {
        return;
    };
    for (name, section) in users.named_sections() {
        let user = read_one(&name, section);
        config.users.insert(user.name.clone(), user);
    }
}

fn read_one(name: &At<String>, mut section: Section<'_, '_, '_>) -> UserConfig {
    let aor = section.string("aor");
    let user = section.string("user");
    let domain = section.string("domain");
    if let (Some(_), Some(other)) = (&aor, user.as_ref().or(domain.as_ref())) {
        section.bad_value(
            "aor",
            "either `aor`, or `user` and `domain`",
            other.span.clone(),
        );
    }
    let pin = section.string("pin");
    if let Some(pin) = pin.as_ref().filter(|pin| !is_pin(&pin.value)) {
        section.bad_value("pin", "1 to 16 digits", pin.span.clone());
    }
    let mut read = UserConfig {
        name: name.value.clone(),
        user: user.map_or_else(|| name.value.clone(), |user| user.value),
        domain: domain.map(|domain| domain.value),
        display_name: section.string("display_name").map(|text| text.value),
        auth_user: section.string("auth_user").map(|text| text.value),
        password: section.string("password").map(|text| text.value),
        pin: pin.map(|pin| pin.value),
        device: section.string("device").map(|text| text.value),
        server: section.string("server").map(|text| text.value),
        transport: section.choice("transport", &TRANSPORTS),
        srtp: section.choice("srtp", &SRTP),
    };
    if let Some(aor) = aor {
        match split_aor(&aor.value) {
            Some((user, domain)) => {
                user.clone_into(&mut read.user);
                read.domain = Some(domain.to_owned());
            }
            None => section.bad_value("aor", "sip:user@domain", aor.span),
        }
    }
    section.finish();
    read
}

/// Whether a PIN can be typed on a telephone.
fn is_pin(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
}

/// `sip:user@domain` or `user@domain`.
pub(super) fn split_aor(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("sip:").unwrap_or(text);
    let (user, domain) = text.split_once('@')?;
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>\"@".contains(c))
    };
    (plain(user) && plain(domain)).then_some((user, domain))
}
