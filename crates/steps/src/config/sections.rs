//! The tables that are there once: time-outs, media, variables, network, timers, embedded server.

use std::path::Path;

use gannet_pbx::{DigestUri, RegistrarFeatures, TrustDomain};
use gannet_ua::Timers;
use gannet_ua::digest::Algorithm;

use super::model::Config;
use super::reader::Section;
use crate::vocabulary::parse_time;

pub(super) fn read(root: &mut Section<'_, '_, '_>, config: &mut Config, folder: &Path) {
    timeouts(root, config);
    media(root, config, folder);
    devices(root, config, folder);
    variables(root, config);
    network(root, config);
    timers(root, config);
    super::stir::read(root, config, folder);
    pbx(root, config, folder);
}

fn timeouts(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(mut section) = root.section("timeouts") else {
        return;
    };
    let timeouts = &mut config.timeouts;
    let bounds = [
        ("media", &mut timeouts.media),
        ("observing", &mut timeouts.observing),
        ("clean_up", &mut timeouts.clean_up),
    ];
    for (key, bound) in bounds {
        if let Some(time) = section.time(key) {
            *bound = time;
        }
    }
    timeouts.signalling = section.time("signalling");
    timeouts.step = section.time("step");
    timeouts.scenario = section.time("scenario");
    section.finish();
}

fn media(root: &mut Section<'_, '_, '_>, config: &mut Config, folder: &Path) {
    let Some(mut section) = root.section("media") else {
        return;
    };
    if let Some(files) = section.string("folder") {
        config.media_folder = Some(folder.join(files.value));
    }
    section.finish();
}

fn devices(root: &mut Section<'_, '_, '_>, config: &mut Config, folder: &Path) {
    let Some(mut section) = root.section("devices") else {
        return;
    };
    let folders = section.strings("folders").unwrap_or_default();
    config.device_folders = folders
        .into_iter()
        .map(|text| folder.join(text.value))
        .collect();
    config.default_device = section.string("default").map(|text| text.value);
    section.finish();
}

fn variables(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(section) = root.section("variables") else {
        return;
    };
    for (name, value) in section.named_strings() {
        let mut characters = name.value.chars();
        let starts_well = characters
            .next()
            .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if !starts_well || !characters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let expected = "a name of letters, digits and `_`";
            section.bad_value(&name.value, expected, name.span);
            continue;
        }
        config.variables.insert(name.value, value);
    }
}

fn network(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(mut section) = root.section("network") else {
        return;
    };
    let network = &mut config.network;
    network.bind = section.parsed("bind", "an IP address of this machine", |text| {
        text.parse().ok()
    });
    network.loss = section.share("loss").unwrap_or_default();
    network.loss_seed = section.unsigned("loss_seed").unwrap_or_default();
    section.finish();
}

fn timers(root: &mut Section<'_, '_, '_>, config: &mut Config) {
    let Some(mut section) = root.section("timers") else {
        return;
    };
    let mut timers = Timers::default();
    for (key, timer) in [
        ("t1", &mut timers.t1),
        ("t2", &mut timers.t2),
        ("t4", &mut timers.t4),
    ] {
        if let Some(time) = section.time(key) {
            *timer = time;
        }
    }
    if timers.t1.is_zero() || timers.t2 < timers.t1 {
        let span = section.span.clone();
        section.bad_value("timers", "0 < t1 <= t2", span);
    }
    section.finish();
    config.timers = Some(timers);
}

fn pbx(root: &mut Section<'_, '_, '_>, config: &mut Config, folder: &Path) {
    let Some(mut section) = root.section("pbx") else {
        return;
    };
    let algorithms = section.strings("algorithms").map(|names| {
        let known: Vec<_> = Algorithm::ALL
            .iter()
            .map(|algorithm| algorithm.name())
            .collect();
        let mut algorithms = Vec::new();
        for name in names {
            match Algorithm::from_token(&name.value) {
                Some(algorithm) => algorithms.push(algorithm),
                None => section.bad_value("algorithms", &known.join(", "), name.span),
            }
        }
        algorithms
    });
    let texts = |section: &mut Section<'_, '_, '_>, key| {
        let texts = section.strings(key)?;
        Some(texts.into_iter().map(|text| text.value).collect())
    };
    let pbx = &mut config.pbx;
    let uris = [
        ("lenient", DigestUri::Lenient),
        ("strict", DigestUri::Strict),
    ];
    pbx.digest_uri = section.choice("digest_uri", &uris);
    pbx.algorithms = algorithms.filter(|algorithms| !algorithms.is_empty());
    pbx.no_answer = section.time("no_answer");
    pbx.session_timers = section.boolean("session_timers");
    let seconds = |text: &str| parse_time(text).filter(|time| time.as_secs() > 0);
    let expected = "a time of a second or more, for example \"90 s\"";
    pbx.session_expires = section.parsed("session_expires", expected, seconds);
    pbx.session_min_se = section.parsed("session_min_se", expected, seconds);
    super::pbx_events::read(&mut section, &mut pbx.events);
    pbx.voicemail = section.boolean("voicemail");
    pbx.prack = section.boolean("prack");
    pbx.recordings = section
        .string("recordings")
        .map(|text| folder.join(text.value));
    pbx.expires_min = section.time("expires_min");
    pbx.domain = section.string("domain").map(|text| text.value);
    pbx.echo = texts(&mut section, "echo");
    pbx.music = texts(&mut section, "music");
    pbx.conference = texts(&mut section, "conference");
    pbx.music_on_hold = section.boolean("music_on_hold");
    let domains = [
        ("server", TrustDomain::Server),
        ("phones", TrustDomain::Phones),
    ];
    pbx.trust = section.choice("trust", &domains).unwrap_or_default();
    registrar(&mut section, &mut pbx.registrar);
    pbx.stir = super::stir::pbx(&mut section);
    pbx.extensions = super::extensions::read(&mut section);
    section.finish();
}

fn registrar(pbx: &mut Section<'_, '_, '_>, features: &mut RegistrarFeatures) {
    let Some(mut section) = pbx.section("registrar") else {
        return;
    };
    for (key, feature) in [
        ("outbound", &mut features.outbound),
        ("gruu", &mut features.gruu),
        ("path", &mut features.path),
        ("service_route", &mut features.service_route),
    ] {
        if let Some(on) = section.boolean(key) {
            *feature = on;
        }
    }
    features.flow_timer = section.time("flow_timer");
    section.finish();
}
