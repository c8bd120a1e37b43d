//! The form of Call-IDs, tags and branches.

use std::collections::BTreeMap;
use std::net::IpAddr;

use toml::Value;

use super::document::{Document, is_accepted};
use super::samples::Samples;
use crate::profile::pattern::lettered;

const GROUP: &str = "identifiers";
/// RFC 3261 8.1.1.7.
const COOKIE: &str = "z9hG4bK";
/// A shorter run of letters and digits that never changes could be fixed text as well as chance.
const RANDOM_MIN: usize = 4;

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    // Requests outside of dialogs: their identifiers are the device's own.
    let first = || {
        samples
            .requests()
            .filter(|request| request.to_tag().is_none())
    };
    let call_ids: Vec<String> = each_once(first().filter_map(|m| m.call_id().map(str::to_owned)));
    let tags = each_once(first().filter_map(gannet_sip::Message::from_tag));
    let branches = each_once(samples.requests().filter_map(|request| {
        let via = request.via().ok()?;
        let branch = via.params.get("branch")?;
        branch.strip_prefix(COOKIE).map(str::to_owned)
    }));
    for (key, texts) in [
        ("call-id", &call_ids),
        ("tag", &tags),
        ("branch", &branches),
    ] {
        let Some(first) = texts.first() else { continue };
        let pattern = pattern(texts, samples.ip);
        if is_accepted(
            &format!("{GROUP}.{key}"),
            &Value::from(pattern.as_str()).to_string(),
        ) {
            document.set(GROUP, key, pattern);
        } else {
            document.leave_out(format!("{key} as in {first}"));
        }
    }
    let mut starts = BTreeMap::<&str, u32>::new();
    for request in first() {
        if let (Some(call_id), Ok(cseq)) = (request.call_id(), request.cseq()) {
            starts.entry(call_id).or_insert(cseq.number);
        }
    }
    if let (Some(low), Some(high)) = (starts.values().min(), starts.values().max()) {
        let (low, high) = (i64::from(*low), i64::from(*high));
        if low == high {
            document.set(GROUP, "cseq-start", low);
        } else {
            document.set(GROUP, "cseq-start", vec![low, high]);
        }
    }
}

fn each_once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut once = Vec::new();
    for text in texts {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    once
}

/// A pattern that could have made the texts. Runs of letters and digits that differ are random; so
/// are long ones of a single text.
fn pattern(texts: &[String], ip: IpAddr) -> String {
    let addresses = [(ip.to_string(), "{ip}"), (lettered(ip), "{ip:letters}")];
    let cut: Vec<Vec<Run<'_>>> = texts.iter().map(|text| runs(text, &addresses)).collect();
    let Some(first) = cut.first() else {
        return String::new();
    };
    let shape = |runs: &[Run<'_>]| {
        let kind = |run: &Run<'_>| match run {
            Run::Word(_) => None,
            Run::Ip(form) => Some(*form),
            Run::Mark(_) => Some(""),
        };
        runs.iter().map(kind).collect::<Vec<_>>()
    };
    let alike: Vec<_> = cut
        .iter()
        .filter(|other| shape(other) == shape(first))
        .collect();
    let mut pattern = String::new();
    for (index, run) in first.iter().enumerate() {
        match run {
            Run::Ip(form) => pattern.push_str(form),
            Run::Mark(mark) => pattern.push_str(mark),
            // The host of a Call-ID is not random (RFC 3261 25.1, `callid`).
            Run::Word(word) if pattern.contains('@') => pattern.push_str(word),
            Run::Word(word) => {
                let words = alike.iter().filter_map(|runs| match &runs[index] {
                    Run::Word(word) => Some(*word),
                    Run::Ip(_) | Run::Mark(_) => None,
                });
                pattern.push_str(&word_pattern(word, &words.collect::<Vec<_>>()));
            }
        }
    }
    pattern
}

fn word_pattern(word: &str, all: &[&str]) -> String {
    let constant = all.len() > 1 && all.iter().all(|other| *other == word);
    if constant || (all.len() == 1 && word.len() < RANDOM_MIN) {
        return word.to_owned();
    }
    let every = |fits: fn(char) -> bool| all.iter().all(|word| word.chars().all(fits));
    let kind = if every(|c| c.is_ascii_digit()) {
        "dec"
    } else if every(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
        "hex"
    } else {
        "alnum"
    };
    format!("{{{kind}:{}}}", word.len())
}

/// A piece of an identifier.
enum Run<'a> {
    /// Letters and digits.
    Word(&'a str),
    /// The device's address, by its placeholder.
    Ip(&'static str),
    /// What stands between.
    Mark(&'a str),
}

fn runs<'a>(text: &'a str, addresses: &[(String, &'static str)]) -> Vec<Run<'a>> {
    let address_at = |rest: &'a str| {
        addresses
            .iter()
            .find_map(|(address, form)| Some((rest.strip_prefix(address.as_str())?, *form)))
    };
    let mut runs = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some((after, form)) = address_at(rest) {
            runs.push(Run::Ip(form));
            rest = after;
            continue;
        }
        let is_word = rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        let end = rest
            .char_indices()
            .find(|(at, c)| {
                c.is_ascii_alphanumeric() != is_word
                    || (*at > 0 && address_at(&rest[*at..]).is_some())
            })
            .map_or(rest.len(), |(at, _)| at);
        let (run, after) = rest.split_at(end);
        runs.push(if is_word {
            Run::Word(run)
        } else {
            Run::Mark(run)
        });
        rest = after;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_could_have_made_the_texts() {
        let table: [(&[&str], &str); 9] = [
            (&["0_1234567890@192.0.2.7"], "0_{dec:10}@{ip}"),
            (
                &["0_12345@192.0.2.7", "1_98765@192.0.2.7"],
                "{dec:1}_{dec:5}@{ip}",
            ),
            (&["1f0a-77cd", "99ab-0000"], "{hex:4}-{hex:4}"),
            (&["SDabcd01-xyZ9", "SDffff02-qqq1"], "{alnum:8}-{alnum:4}"),
            (
                &["1234567890-5060-1@BJC.A.C.H"],
                "{dec:10}-{dec:4}-1@{ip:letters}",
            ),
            (&["as7f3e0011"], "{alnum:10}"),
            (&["1f0a77cd@phone.example"], "{hex:8}@phone.example"),
            (&["a1b2c3d4@pbx", "00ffee11@pbx"], "{hex:8}@pbx"),
            (&[], ""),
        ];
        for (texts, expected) in table {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let ip = "192.0.2.7".parse().unwrap();
            assert_eq!(pattern(&texts, ip), expected, "{texts:?}");
        }
    }
}
