//! The report of a run of features.

use serde::Deserialize;

use super::page::{escape, number, page, table, tile};
use crate::text::add;

/// `results.json` of a run of features, as far as the report shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct FeatureResults {
    server: String,
    started: Option<String>,
    duration_s: Option<f64>,
    verdict: Option<String>,
    summary: Counts,
    features: Vec<Feature>,
}

#[derive(Debug, Clone, Deserialize)]
struct Counts {
    scenarios: Tally,
    steps: Tally,
}

#[derive(Debug, Clone, Deserialize)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
    undefined: u64,
    timed_out: u64,
    interrupted: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Feature {
    name: String,
    file: String,
    scenarios: Vec<Scenario>,
}

#[derive(Debug, Clone, Deserialize)]
struct Scenario {
    name: String,
    line: u32,
    tags: Vec<String>,
    status: String,
    reason: Option<String>,
    attempts: Vec<Attempt>,
}

#[derive(Debug, Clone, Deserialize)]
struct Attempt {
    #[serde(rename = "attempt")]
    number: u32,
    duration_s: f64,
    steps: Vec<Step>,
    failure: Option<Failure>,
    media: Vec<Media>,
    capture: Option<String>,
    ladder: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Step {
    keyword: String,
    text: String,
    status: String,
    duration_s: f64,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, Deserialize)]
struct Failure {
    class: String,
    summary: String,
    details: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Media {
    phone: String,
    codec: String,
    packets_sent: u64,
    packets_received: u64,
    packets_lost: u64,
    jitter_max_s: f64,
    mos: Option<f64>,
    faults: Vec<String>,
}

/// The report of the document in `json`, which this program has just written.
pub(crate) fn report_of(json: &[u8]) -> std::io::Result<String> {
    let results: FeatureResults = serde_json::from_slice(json)?;
    Ok(feature_report(&results))
}

/// The report of a run of features: one page that needs nothing else.
pub fn feature_report(results: &FeatureResults) -> String {
    let verdict = results.verdict.as_deref().unwrap_or("broke off");
    let mut body = format!(
        "<h1>Features</h1>\n<p><span class=\"badge {}\" data-figure=\"verdict\">{}</span> \
<span class=\"soft\">{} · {} s · {}</span></p>\n",
        class(verdict),
        escape(verdict),
        escape(results.started.as_deref().unwrap_or_default()),
        number(results.duration_s.unwrap_or_default()),
        escape(&results.server),
    );
    body.push_str("<div class=\"tiles\">");
    for (what, tally) in [
        ("scenarios", &results.summary.scenarios),
        ("steps", &results.summary.steps),
    ] {
        let odd = tally.undefined + tally.timed_out + tally.interrupted;
        for (name, count, class) in [
            ("passed", tally.passed, "good"),
            ("failed", tally.failed, "bad"),
            ("skipped", tally.skipped, ""),
            ("unfinished or undefined", odd, "warn"),
        ] {
            let class = if count > 0 { class } else { "" };
            let id = format!("{what}.{name}");
            body.push_str(&tile(
                &id,
                &format!("{what} {name}"),
                &count.to_string(),
                class,
            ));
        }
    }
    body.push_str("</div>\n");
    for feature in &results.features {
        add!(
            body,
            "<h2>{} <span class=\"soft\">{}</span></h2>\n",
            escape(&feature.name),
            escape(&feature.file)
        );
        for scenario in &feature.scenarios {
            body.push_str(&self::scenario(scenario));
        }
    }
    page("Features - Gannet", &body)
}

fn class(status: &str) -> &'static str {
    match status {
        "passed" => "good",
        "skipped" | "nothing-executed" => "warn",
        _ => "bad",
    }
}

fn scenario(scenario: &Scenario) -> String {
    // What went well is folded; what did not is what the report is opened for.
    let open = if class(&scenario.status) == "bad" {
        " open"
    } else {
        ""
    };
    let mut out = format!(
        "<details class=\"card\"{open}><summary><span class=\"badge {}\">{}</span> {} <span class=\"soft\">line {} {}</span></summary>\n",
        class(&scenario.status),
        escape(&scenario.status),
        escape(&scenario.name),
        scenario.line,
        escape(&scenario.tags.join(" "))
    );
    if let Some(reason) = &scenario.reason {
        add!(out, "<p class=\"soft\">{}</p>", escape(reason));
    }
    for attempt in &scenario.attempts {
        if scenario.attempts.len() > 1 {
            add!(out, "<h3>Attempt {}</h3>", attempt.number);
        }
        out.push_str(&steps(attempt));
        if let Some(failure) = &attempt.failure {
            out.push_str(&self::failure(failure));
        }
        if let Some(ladder) = &attempt.ladder {
            add!(out, "<pre>{}</pre>", escape(ladder));
        }
        out.push_str(&media(&attempt.media));
        if let Some(capture) = &attempt.capture {
            add!(
                out,
                "<p class=\"soft\">{} s; packets in {}</p>",
                number(attempt.duration_s),
                escape(capture)
            );
        }
    }
    out.push_str("</details>\n");
    out
}

fn steps(attempt: &Attempt) -> String {
    let rows = attempt.steps.iter().map(|step| {
        let failure = step.failure.as_ref().map(failure).unwrap_or_default();
        vec![
            format!(
                "<span class=\"{}\">{}</span>",
                class(&step.status),
                escape(&step.status)
            ),
            format!(
                "<b>{}</b> {}{failure}",
                escape(&step.keyword),
                escape(&step.text)
            ),
            format!("{:.3} s", step.duration_s),
        ]
    });
    table(&["", "step", ">time"], rows)
}

fn failure(failure: &Failure) -> String {
    let mut out = format!(
        "<p class=\"bad\">{}: {}</p>",
        escape(&failure.class),
        escape(&failure.summary)
    );
    if !failure.details.is_empty() {
        add!(out, "<pre>{}</pre>", escape(&failure.details.join("\n")));
    }
    out
}

fn media(media: &[Media]) -> String {
    if media.is_empty() {
        return String::new();
    }
    let rows = media.iter().map(|leg| {
        vec![
            escape(&leg.phone),
            escape(&leg.codec),
            leg.packets_sent.to_string(),
            leg.packets_received.to_string(),
            leg.packets_lost.to_string(),
            format!("{:.1}", leg.jitter_max_s * 1e3),
            leg.mos
                .map_or_else(|| "-".to_owned(), |mos| format!("{mos:.2}")),
            escape(&leg.faults.join("; ")),
        ]
    });
    let columns = [
        "phone",
        "codec",
        ">sent",
        ">received",
        ">lost",
        ">jitter, ms",
        ">MOS",
        "faults",
    ];
    format!("<h3>Media</h3>{}", table(&columns, rows))
}

impl FeatureResults {
    /// The captures of all attempts, as names beside the results.
    pub(crate) fn captures(&self) -> impl Iterator<Item = &str> {
        let scenarios = self.features.iter().flat_map(|feature| &feature.scenarios);
        let attempts = scenarios.flat_map(|scenario| &scenario.attempts);
        attempts.filter_map(|attempt| attempt.capture.as_deref())
    }
}
