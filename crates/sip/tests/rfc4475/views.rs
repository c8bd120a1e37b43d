//! What can be read out of the valid messages, and of those that only an application refuses.

use gannet_sip::{FieldError, HeaderName, Message, Method, NameAddr, Scheme, StartLine, Uri};

use crate::cases::message;

fn contacts(message: &Message) -> Vec<NameAddr> {
    message
        .name_addrs(HeaderName::Contact)
        .collect::<Result<_, FieldError>>()
        .expect("valid contacts")
}

fn unknown(message: &Message, name: &str) -> String {
    let header = message.headers_by_text(name).next().expect(name);
    header.unfolded().into_owned()
}

#[test]
fn a_tortuous_invite_is_read_through_folds_blanks_and_odd_case() {
    let Some(message) = message("wsinv") else {
        return;
    };
    assert_eq!(message.method(), Some(Method::Invite));
    let uri = message.request_uri().expect("valid");
    assert!(uri.params.has("unknownparam"));
    assert_eq!(message.to_tag().as_deref(), Some("1918181833n"));
    let from = message.from().expect("valid");
    assert_eq!(from.tag(), Some("98asjd8"));
    assert_eq!(from.display_name().as_deref(), Some("J Rosenberg \\\""));
    assert_eq!(from.uri.to_string(), "sip:jdrosen@example.com");
    assert_eq!(message.number(HeaderName::MaxForwards), Ok(68));
    assert_eq!(message.number(HeaderName::ContentLength), Ok(150));
    assert_eq!(message.body().len(), 150);
    let cseq = message.cseq().expect("valid");
    assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    assert_eq!(message.text(HeaderName::Subject).as_deref(), Some(""));
    assert_eq!(
        unknown(&message, "newfangledheader"),
        "newfangled value continued newfangled value"
    );
    assert_eq!(
        unknown(&message, "UnknownHeaderWithUnusualValue"),
        ";;,,;;,;"
    );
    let vias: Vec<_> = message.vias().map(|via| via.expect("valid")).collect();
    let read: Vec<_> = vias
        .iter()
        .map(|via| {
            (
                via.transport.as_str(),
                via.host.as_str(),
                via.branch().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("UDP", "192.0.2.2", "390skdjuw"),
            ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
            ("UDP", "192.168.255.111", "z9hG4bK30239"),
        ]
    );
    let route = message
        .name_addrs(HeaderName::Route)
        .next()
        .expect("there")
        .expect("valid");
    assert!(route.uri.is_loose_router() && route.uri.params.has("unknown-no-value"));
    assert_eq!(route.uri.params.get("unknownwith"), Some("value"));
    let contact = message.contact().expect("valid");
    assert_eq!(
        contact.display_name().as_deref(),
        Some("Quoted string \"\"")
    );
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert_eq!(contact.params.get("q"), Some("0.33"));
    assert!(contact.params.has("secondparam"));
}

#[test]
fn every_character_of_a_token_is_read() {
    let Some(message) = message("intmeth") else {
        return;
    };
    let method = "!interesting-Method0123456789_*+`.%indeed'~";
    assert_eq!(message.method(), Some(Method::Other(method.into())));
    assert_eq!(message.cseq().expect("valid").method.as_str(), method);
    let uri = message.request_uri().expect("valid");
    assert_eq!(
        uri.user.as_deref(),
        Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
    );
    assert_eq!(
        uri.password.as_deref(),
        Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
    );
    assert_eq!(uri.host, "example.com");
    let to = message.to().expect("valid");
    assert_eq!(
        to.display_name().as_deref(),
        Some("BEL:\u{7} NUL:\0 DEL:\u{7f}")
    );
    let from = message.from().expect("valid");
    assert_eq!(
        from.display.as_deref(),
        Some("token1~` token2'+_ token3*%!.-")
    );
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    assert!(from.params.has("fromParam''~+*_!.-%"));
    assert_eq!(
        message.via().expect("valid").branch(),
        Some("z9hG4bK-.!%66*_+`'~")
    );
    assert_eq!(message.number(HeaderName::MaxForwards), Ok(255));
}

#[test]
fn escapes_are_decoded_once_and_only_in_uris() {
    let Some(message) = message("esc01") else {
        return;
    };
    let uri = message.request_uri().expect("valid");
    assert_eq!(uri.user_decoded().as_deref(), Some("sips:user@example.com"));
    assert_eq!(uri.host, "example.net");
    let to = message.to().expect("valid").uri;
    assert!(to.is_equivalent(&Uri::parse("sip:user@example.com").expect("valid")));
    let from = message.from().expect("valid").uri;
    assert_eq!(from.user_decoded().as_deref(), Some("I have spaces"));
    let contact = message.contact().expect("valid").uri;
    assert_eq!(contact.user_decoded().as_deref(), Some("caller"));
    assert!(contact.is_loose_router());
    let same = |text: &str| contact.is_equivalent(&Uri::parse(text).expect("valid"));
    assert!(same("sip:caller@host5.example.net;lr;name=value%2541"));
    assert!(!same("sip:caller@host5.example.net;lr;name=valueA"));
}

#[test]
fn escaped_nulls_do_not_shorten_a_user() {
    let Some(message) = message("escnull") else {
        return;
    };
    let to = message.to().expect("valid").uri;
    assert_eq!(to.user_decoded().as_deref(), Some("null-\0-null"));
    let users: Vec<_> = contacts(&message)
        .iter()
        .map(|contact| contact.uri.user_decoded())
        .collect();
    assert_eq!(users, [Some("\0".to_owned()), Some("\0\0".to_owned())]);
}

#[test]
fn percent_signs_outside_uris_are_just_characters() {
    let Some(message) = message("esc02") else {
        return;
    };
    assert_eq!(message.method(), Some(Method::new("RE%47IST%45R")));
    let to = message.to().expect("valid");
    assert_eq!(to.display_name().as_deref(), Some("%Z%45"));
    let hosts: Vec<_> = contacts(&message)
        .iter()
        .map(|c| c.uri.host.clone())
        .collect();
    assert_eq!(hosts, ["host1.example.com", "host3.example.com"]);
    assert_eq!(
        unknown(&message, "C%6Fntact"),
        "<sip:alias2@host2.example.com>"
    );
}

#[test]
fn a_display_name_may_touch_its_bracket() {
    let Some(message) = message("lwsdisp") else {
        return;
    };
    let from = message.from().expect("valid");
    assert_eq!(from.display_name().as_deref(), Some("caller"));
    assert_eq!(from.tag(), Some("323"));
}

#[test]
fn long_values_are_read_whole() {
    let Some(message) = message("longreq") else {
        return;
    };
    let vias: Vec<_> = message.vias().map(|via| via.expect("valid")).collect();
    assert_eq!(vias.len(), 34);
    assert_eq!(vias[0].host, "sip33.example.com");
    assert_eq!(vias[33].params.get("received"), Some("192.0.2.5"));
    let to = message.to().expect("valid");
    assert_eq!(to.uri.port, Some(6000));
    let name = to.display_name().expect("there");
    assert!(name.starts_with("I have a user name of extreme") && name.ends_with(" proportion"));
    assert!(
        message
            .from_tag()
            .is_some_and(|tag| tag.starts_with("12982982") && tag.len() == 155)
    );
    assert_eq!(message.body().len(), 150);
}

#[test]
fn bytes_after_the_body_are_kept_apart() {
    let Some(message) = message("dblreq") else {
        return;
    };
    assert_eq!(message.method(), Some(Method::Register));
    assert_eq!(
        message.call_id(),
        Some("dblreq.0ha0isndaksdj99sdfafnl3lk233412")
    );
    assert_eq!(message.body(), b"");
    assert!(
        message
            .body_all()
            .starts_with(b"\r\nINVITE sip:joe@example.com SIP/2.0\r\n")
    );
}

#[test]
fn semicolons_before_the_at_sign_belong_to_the_user() {
    let Some(message) = message("semiuri") else {
        return;
    };
    let uri = message.request_uri().expect("valid");
    assert_eq!(
        uri.user_decoded().as_deref(),
        Some("user;par=u@example.net")
    );
    assert_eq!(uri.host, "example.com");
    assert!(uri.params.is_empty());
    assert_eq!(message.values(HeaderName::Accept).count(), 6);
}

#[test]
fn unknown_transports_in_via_are_read() {
    let Some(message) = message("transports") else {
        return;
    };
    let names: Vec<_> = message
        .vias()
        .map(|via| via.expect("valid").transport)
        .collect();
    assert_eq!(names, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

#[test]
fn a_binary_multipart_body_is_kept() {
    let Some(message) = message("mpart01") else {
        return;
    };
    assert_eq!(message.method(), Some(Method::Message));
    assert_eq!(message.content_type(), "multipart/mixed");
    assert_eq!(message.body().len(), 553);
    assert!(message.body().contains(&0) && message.body().ends_with(b"--7a9cbec02ceef655--\r\n"));
}

#[test]
fn reason_phrases_may_be_odd_or_empty() {
    if let Some(message) = message("unreason") {
        assert_eq!(message.status(), Some(200));
        let reason = message.reason().expect("there");
        assert!(
            reason.starts_with("= 2**3 * 5**2 ")
                && reason.ends_with(" \u{43f}\u{440}\u{43e}\u{441}\u{442}\u{43e}\u{435}"),
            "{reason}"
        );
    }
    if let Some(message) = message("noreason") {
        assert_eq!(
            message.start_line(),
            StartLine::Status {
                version: "SIP/2.0",
                code: 100,
                reason: "",
            }
        );
    }
}

#[test]
fn parameters_stand_where_the_brackets_put_them() {
    if let Some(message) = message("cparam01") {
        let contact = message.contact().expect("valid");
        assert!(contact.params.has("unknownparam") && contact.uri.params.is_empty());
    }
    if let Some(message) = message("cparam02") {
        let contact = message.contact().expect("valid");
        assert!(contact.uri.params.has("unknownparam") && contact.params.is_empty());
    }
    if let Some(message) = message("regescrt") {
        let headers = message.contact().expect("valid").uri.headers;
        assert_eq!(
            headers,
            [("Route".to_owned(), "%3Csip:sip.example.com%3E".to_owned())]
        );
    }
}

#[test]
fn foreign_schemes_and_extensions_are_read() {
    let scheme = |name, of: fn(&Message) -> Uri| message(name).map(|m| of(&m).scheme);
    let other = |text: &str| Some(Scheme::Other(text.to_owned()));
    let request_uri: fn(&Message) -> Uri = |m| m.request_uri().expect("valid");
    if message("unkscm").is_some() {
        assert_eq!(
            scheme("unkscm", request_uri),
            other("nobodyKnowsThisScheme")
        );
        assert_eq!(scheme("novelsc", request_uri), other("soap.beep"));
        assert_eq!(
            scheme("unksm2", |m| m.to().expect("valid").uri),
            other("isbn")
        );
        assert_eq!(
            scheme("unksm2", |m| m.from().expect("valid").uri),
            other("http")
        );
        assert_eq!(
            scheme("unksm2", |m| m.contact().expect("valid").uri),
            other("name")
        );
    }
    if let Some(message) = message("bext01") {
        assert!(message.lists(HeaderName::Require, "nothingSupportsThisEither"));
        assert!(message.lists(HeaderName::ProxyRequire, "noProxiesSupportThis"));
    }
    if let Some(message) = message("bcast") {
        assert_eq!(message.vias().count(), 2);
    }
    if let Some(message) = message("zeromf") {
        assert_eq!(message.number(HeaderName::MaxForwards), Ok(0));
    }
    if let Some(message) = message("invut") {
        assert_eq!(message.content_type(), "application/unknownformat");
    }
}

#[test]
fn an_rfc_2543_invite_is_read() {
    let Some(message) = message("inv2543") else {
        return;
    };
    assert_eq!(message.via().expect("valid").branch(), None);
    assert_eq!(message.from_tag(), None);
    assert!(message.header(HeaderName::ContentLength).is_none());
    assert!(message.body().starts_with(b"v=0\r\n") && message.body().ends_with(b"RTP/AVP 0\r\n"));
}
