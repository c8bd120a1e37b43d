//! The report of a run of load.

use super::chart::{Curve, bars, curves};
use super::examples::examples;
use super::page::{escape, number, page, table, tile};
use crate::load::{LoadFigures, LoadResults, LoadTimes, NamedCount};
use crate::text::add;

const BLUE: &str = "#2563a8";
const GREY: &str = "#8793a0";
const GREEN: &str = "#1f7a4d";
const RED: &str = "#c0262d";
const ORANGE: &str = "#b26a00";

/// The report of a run: one page that needs nothing else.
pub fn load_report(results: &LoadResults) -> String {
    let figures = &results.figures;
    let mut body = head(results);
    body.push_str(&tiles(figures));
    body.push_str(&verdict(results));
    body.push_str(&course(results));
    body.push_str(&times(figures));
    body.push_str(&failures(figures));
    body.push_str(&examples(&results.examples));
    body.push_str(&steps(figures));
    body.push_str(&counts(figures));
    page(&format!("{} - Gannet", results.scenario), &body)
}

fn head(results: &LoadResults) -> String {
    let class = match &results.verdict {
        Some(verdict) if verdict.passed => "good",
        Some(_) => "bad",
        None => "warn",
    };
    let arguments = results.arguments.join(" ");
    format!(
        "<h1>{}</h1>\n<p><span class=\"badge {class}\" data-figure=\"verdict\">{}</span> \
<span class=\"soft\">{} · {} s · gannet {} {} {}</span></p>\n",
        escape(&results.scenario),
        results.verdict_text(),
        escape(&results.started),
        number(results.figures.elapsed_s),
        escape(&results.gannet),
        escape(&results.command),
        escape(&arguments),
    )
}

fn tiles(figures: &LoadFigures) -> String {
    let (calls, messages) = (&figures.calls, &figures.messages);
    let bad = |count: u64| if count > 0 { "bad" } else { "" };
    let mut out = "<div class=\"tiles\">".to_owned();
    for (id, name, count, class) in [
        ("calls.begun", "calls", calls.begun, ""),
        ("calls.successful", "successful", calls.successful, "good"),
        ("calls.failed", "failed", calls.failed, bad(calls.failed)),
        ("calls.open", "open", calls.open, ""),
        ("calls.open_max", "most open at once", calls.open_max, ""),
        ("messages.sent", "messages sent", messages.sent, ""),
        (
            "messages.received",
            "messages received",
            messages.received,
            "",
        ),
        (
            "messages.retransmissions",
            "retransmissions",
            messages.retransmissions,
            "",
        ),
        (
            "messages.unexpected",
            "unexpected messages",
            messages.unexpected,
            bad(messages.unexpected),
        ),
        (
            "messages.timeouts",
            "timeouts",
            messages.timeouts,
            bad(messages.timeouts),
        ),
    ] {
        out.push_str(&tile(id, name, &count.to_string(), class));
    }
    let rate = number(figures.rate_reached);
    out.push_str(&tile("rate_reached", "calls per second", &rate, ""));
    out.push_str("</div>\n");
    out
}

fn verdict(results: &LoadResults) -> String {
    let Some(verdict) = &results.verdict else {
        return String::new();
    };
    let mut out = String::new();
    if !verdict.reasons.is_empty() {
        out.push_str("<section><ul>");
        for reason in &verdict.reasons {
            add!(out, "<li class=\"bad\">{}</li>", escape(reason));
        }
        out.push_str("</ul></section>\n");
    }
    if !verdict.conditions.is_empty() {
        let rows = verdict.conditions.iter().map(|condition| {
            let (class, word) = if condition.holds {
                ("bad", "holds: failed")
            } else {
                ("good", "does not hold")
            };
            vec![
                format!("<code>{}</code>", escape(&condition.condition)),
                format!("<span class=\"{class}\">{word}</span>"),
                escape(&condition.found),
            ]
        });
        let rows = table(&["fail if", "", "found"], rows);
        add!(out, "<h2>Conditions</h2><section>{rows}</section>\n");
    }
    out
}

fn course(results: &LoadResults) -> String {
    let points = &results.series.points;
    if points.is_empty() {
        return String::new();
    }
    let curve = |name, colour, of: &dyn Fn(&crate::load::Point) -> f64| Curve {
        name,
        colour,
        points: points.iter().map(|point| (point.t_s, of(point))).collect(),
    };
    // Where nothing was measured there is nothing to show.
    let times = |name, colour, of: fn(&crate::load::Point) -> f64| Curve {
        name,
        colour,
        points: points
            .iter()
            .filter(|point| point.p99_ms > 0.0)
            .map(|point| (point.t_s, of(point)))
            .collect(),
    };
    let rate = |count: u64, length_s: f64| {
        if length_s > 0.0 {
            count as f64 / length_s
        } else {
            0.0
        }
    };
    let charts = [
        curves(
            "Calls",
            "per second",
            &[
                curve("wanted", GREY, &|it| it.rate_wanted),
                curve("begun", BLUE, &|it| rate(it.begun, it.length_s)),
                curve("failed", RED, &|it| rate(it.failed, it.length_s)),
            ],
        ),
        curves(
            "Open calls",
            "",
            &[curve("open", BLUE, &|it| it.open as f64)],
        ),
        curves(
            "Response time",
            "ms, of each interval",
            &[
                times("median", GREEN, |it| it.p50_ms),
                times("99 %", ORANGE, |it| it.p99_ms),
            ],
        ),
        curves(
            "Messages",
            "per second",
            &[
                curve("sent", BLUE, &|it| rate(it.sent, it.length_s)),
                curve("received", GREEN, &|it| rate(it.received, it.length_s)),
                curve("retransmissions", ORANGE, &|it| {
                    rate(it.retransmissions, it.length_s)
                }),
            ],
        ),
    ];
    let cards = charts.map(|chart| format!("<div class=\"card\">{chart}</div>"));
    format!(
        "<h2>Course</h2><div class=\"charts\">{}</div>\n",
        cards.concat()
    )
}

fn times(figures: &LoadFigures) -> String {
    let measured: Vec<&LoadTimes> = figures.times.iter().filter(|it| it.count > 0).collect();
    if measured.is_empty() {
        return String::new();
    }
    let cell = |times: &LoadTimes, id: &str, value: f64| {
        format!(
            "<span data-figure=\"times.{}.{id}\">{value}</span>",
            escape(&times.name)
        )
    };
    let rows = measured.iter().map(|times| {
        let mut row = vec![escape(&label(times)), times.count.to_string()];
        row.push(cell(times, "mean_ms", (times.mean_ms * 1e3).round() / 1e3));
        for (share, value) in times.percentiles() {
            row.push(cell(times, &format!("p{share}_ms"), value));
        }
        row.push(cell(times, "max_ms", times.max_ms));
        row
    });
    let columns = [
        "time, ms",
        ">measured",
        ">mean",
        ">50 %",
        ">90 %",
        ">95 %",
        ">99 %",
        ">99.9 %",
        ">longest",
    ];
    let mut out = format!(
        "<h2>Response times</h2><section>{}</section>",
        table(&columns, rows)
    );
    out.push_str("<div class=\"charts\">");
    for times in measured {
        let classes: Vec<(String, f64)> = times
            .distribution
            .iter()
            .map(|class| (format!("≤ {}", number(class.to_ms)), class.count as f64))
            .collect();
        let title = format!("{}, distribution", label(times));
        let chart = bars(&title, "times by length in ms", BLUE, &classes);
        add!(out, "<div class=\"card\">{chart}</div>");
    }
    out.push_str("</div>\n");
    out
}

fn label(times: &LoadTimes) -> String {
    if times.of.is_empty() {
        times.name.clone()
    } else {
        format!("{} (from {})", times.name, times.of.to_ascii_uppercase())
    }
}

fn failures(figures: &LoadFigures) -> String {
    if figures.failures.is_empty() {
        return String::new();
    }
    let rows = figures.failures.iter().map(|failure| {
        let share = 100.0 * failure.count as f64 / figures.calls.begun.max(1) as f64;
        vec![
            escape(&failure.name),
            format!(
                "<span data-figure=\"failures.{}\">{}</span>",
                escape(&failure.name),
                failure.count
            ),
            format!("{} %", number(share)),
        ]
    });
    let rows = table(&["cause", ">calls", ">of all calls"], rows);
    format!("<h2>Failures</h2><section>{rows}</section>\n")
}

fn steps(figures: &LoadFigures) -> String {
    let rows = figures.steps.iter().map(|step| {
        let arrow = match step.kind.as_str() {
            "sent" => "→",
            "received" => "←",
            "pause" => "pause",
            _ => "·",
        };
        let odd = |count: u64| match count {
            0 => String::new(),
            _ => format!("<span class=\"bad\">{count}</span>"),
        };
        vec![
            escape(&step.section),
            step.number.to_string(),
            format!("{arrow} {}", escape(&step.name)),
            step.messages.to_string(),
            step.retransmissions.to_string(),
            odd(step.timeouts),
            odd(step.unexpected),
            odd(step.failed),
        ]
    });
    let columns = [
        "",
        ">step",
        "message",
        ">count",
        ">again",
        ">timeouts",
        ">unexpected",
        ">failed",
    ];
    format!(
        "<h2>Scenario</h2><section>{}</section>\n",
        table(&columns, rows)
    )
}

fn counts(figures: &LoadFigures) -> String {
    let rows = |counts: &[NamedCount]| {
        let rows = counts.iter();
        let rows: Vec<_> = rows
            .map(|it| vec![escape(&it.name), it.count.to_string()])
            .collect();
        table(&["", ">count"], rows)
    };
    let mut out = String::new();
    let codes = figures.response_codes();
    if !codes.is_empty() {
        add!(
            out,
            "<h2>Responses received</h2><section>{}</section>\n",
            rows(&codes)
        );
    }
    if !figures.counts.is_empty() {
        add!(
            out,
            "<h2>Other figures</h2><section>{}</section>\n",
            rows(&figures.counts)
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::sample::sample;

    #[test]
    fn a_report_holds_all_and_loads_nothing() {
        let report = load_report(&sample());
        for part in [
            "<h1>Basic &lt;caller&gt;</h1>",
            "data-figure=\"calls.failed\">2</b>",
            "data-figure=\"times.1.p99_ms\">30</span>",
            "data-figure=\"failures.unexpected message\">2</span>",
            "<svg class=\"ladder\"",
            "503 Service Unavailable",
        ] {
            assert!(report.contains(part), "{part} is not in {report}");
        }
        for loading in ["src=", "href=", "url(", "@import", "<script", "<link"] {
            assert!(!report.contains(loading), "{loading}");
        }
    }
}
