//! Numbers and dates in header fields (RFC 3261 20.16, 20.17, 20.19, 20.22, 20.23, 20.33, 20.38).

use crate::check::findings::{Findings, shown};
use crate::check::grammar;
use crate::check::rule::Rule;
use crate::header_name::HeaderName;
use crate::lex;
use crate::start_line::StartLine;

/// CSeq numbers lie below this (RFC 3261 8.1.1.5).
const CSEQ_END: u32 = 1 << 31;

const CHECKED: [HeaderName; 8] = [
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::Expires,
    HeaderName::MinExpires,
    HeaderName::RetryAfter,
    HeaderName::Date,
    HeaderName::Timestamp,
    HeaderName::MimeVersion,
];

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

pub(super) fn check(findings: &mut Findings<'_>) {
    let message = findings.message;
    for header in message.headers().filter(|it| CHECKED.contains(&it.id)) {
        let Some(text) = header.text() else { continue };
        match header.id {
            HeaderName::CSeq => cseq(findings, text),
            HeaderName::MaxForwards => max_forwards(findings, text),
            HeaderName::Expires => delta_seconds(findings, Rule::Expires, "Expires", text),
            HeaderName::MinExpires => {
                delta_seconds(findings, Rule::MinExpires, "Min-Expires", text);
            }
            HeaderName::RetryAfter => retry_after(findings, text),
            HeaderName::Date if !is_date(text) => {
                let text_out = format!("Date \"{}\" is no RFC 1123 date in GMT", shown(text));
                findings.at(Rule::Date, text, text_out);
            }
            HeaderName::Timestamp if !is_timestamp(text) => {
                let text_out = format!("Timestamp \"{}\" is no decimal number", shown(text));
                findings.at(Rule::Timestamp, text, text_out);
            }
            HeaderName::MimeVersion if !is_version(text) => {
                let text_out = format!("MIME-Version \"{}\" is no version", shown(text));
                findings.at(Rule::MimeVersion, text, text_out);
            }
            _ => {}
        }
    }
}

fn cseq(findings: &mut Findings<'_>, text: &str) {
    let mut words = text.split_ascii_whitespace();
    let (Some(number), Some(method), None) = (words.next(), words.next(), words.next()) else {
        let text_out = format!("CSeq \"{}\" is not a number and a method", shown(text));
        findings.at(Rule::CSeq, text, text_out);
        return;
    };
    if !grammar::is_digits(number) || !lex::is_token(method) {
        let text_out = format!("CSeq \"{}\" is not a number and a method", shown(text));
        findings.at(Rule::CSeq, text, text_out);
    } else if !number.parse::<u32>().is_ok_and(|number| number < CSEQ_END) {
        let text_out = format!("CSeq number {} is not below 2**31", shown(number));
        findings.at(Rule::CSeqNumber, number, text_out);
    }
    if let StartLine::Request { method: wanted, .. } = findings.message.start_line()
        && wanted != method
    {
        let text_out = format!(
            "CSeq method is {}, request method is {}",
            shown(method),
            shown(wanted)
        );
        findings.at(Rule::CSeqMethod, method, text_out);
    }
}

fn max_forwards(findings: &mut Findings<'_>, text: &str) {
    if !grammar::is_digits(text) {
        let text_out = format!("Max-Forwards \"{}\" is no number", shown(text));
        findings.at(Rule::MaxForwards, text, text_out);
    } else if text.parse::<u8>().is_err() {
        let text_out = format!("Max-Forwards {} is above 255", shown(text));
        findings.at(Rule::MaxForwardsRange, text, text_out);
    }
}

fn delta_seconds(findings: &mut Findings<'_>, rule: Rule, field: &str, text: &str) {
    if !grammar::is_u32(text) {
        let text_out = format!("{field} \"{}\" is no number below 2**32", shown(text));
        findings.at(rule, text, text_out);
    }
}

/// delta-seconds, then perhaps a comment and parameters.
fn retry_after(findings: &mut Findings<'_>, text: &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let rest = rest.trim_start();
    if !grammar::is_u32(number) || !(rest.is_empty() || rest.starts_with(['(', ';'])) {
        let text_out = format!("Retry-After \"{}\" is no number below 2**32", shown(text));
        findings.at(Rule::RetryAfter, text, text_out);
    }
}

fn is_timestamp(text: &str) -> bool {
    let mut words = text.split_ascii_whitespace();
    words.next().is_some_and(grammar::is_decimal)
        && words.next().is_none_or(grammar::is_decimal)
        && words.next().is_none()
}

fn is_version(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(major, minor)| grammar::is_digits(major) && grammar::is_digits(minor))
}

/// `Sat, 13 Nov 2010 23:29:00 GMT`: the only form and the only zone (RFC 3261 20.17).
fn is_date(text: &str) -> bool {
    let words: Vec<_> = text.split(' ').collect();
    let [weekday, day, month, year, time, "GMT"] = words[..] else {
        return false;
    };
    let two_digits = |text: &str, end: u8| {
        text.len() == 2 && grammar::is_digits(text) && text.parse::<u8>().is_ok_and(|n| n < end)
    };
    let clock: Vec<_> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else {
        return false;
    };
    weekday
        .strip_suffix(',')
        .is_some_and(|d| WEEKDAYS.contains(&d))
        && two_digits(day, 32)
        && day != "00"
        && MONTHS.contains(&month)
        && year.len() == 4
        && grammar::is_digits(year)
        && two_digits(hour, 24)
        && two_digits(minute, 60)
        && two_digits(second, 61)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_in_gmt_and_in_one_form() {
        assert!(is_date("Sat, 13 Nov 2010 23:29:00 GMT"));
        for text in [
            "",
            "Sat, 13 Nov 2010 23:29:00 UTC",
            "Fri, 01 Jan 2010 16:00:00 EST",
            "Sat, 32 Nov 2010 23:29:00 GMT",
            "Sat, 13 Nov 2010 24:29:00 GMT",
            "Sat 13 Nov 2010 23:29:00 GMT",
            "Sat, 3 Nov 2010 23:29:00 GMT",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
