//! Two runs beside each other, as a page.

use super::chart::{Curve, curves};
use super::page::{escape, page, table};
use crate::load::{LoadResults, Point, compare, shown};
use crate::text::add;

/// Two runs of load beside each other: what got worse is marked.
pub fn comparison_report(before: &LoadResults, after: &LoadResults) -> String {
    let comparison = compare(before, after);
    let worse = comparison.changes.iter().filter(|it| it.is_worse()).count();
    let mut body = "<h1>Two runs</h1>\n".to_owned();
    let badge = match worse {
        0 => "<span class=\"badge good\">nothing got worse</span>".to_owned(),
        1 => "<span class=\"badge bad\">1 figure got worse</span>".to_owned(),
        _ => format!("<span class=\"badge bad\">{worse} figures got worse</span>"),
    };
    add!(body, "<p>{badge}</p>\n<section>");
    for (name, results) in [("A", before), ("B", after)] {
        add!(
            body,
            "<p><b>{name}</b> {} <span class=\"soft\">{} · {}</span></p>",
            escape(&results.scenario),
            escape(&results.started),
            results.verdict_text()
        );
    }
    body.push_str("</section>\n");
    let rows = comparison.changes.iter().map(|change| {
        let mark = match (change.is_worse(), change.is_better()) {
            (true, _) => "<span class=\"bad\">worse</span>",
            (_, true) => "<span class=\"good\">better</span>",
            _ => "",
        };
        vec![
            escape(&change.name),
            shown(change.before),
            shown(change.after),
            mark.to_owned(),
        ]
    });
    let rows = table(&["", ">A", ">B", ""], rows);
    add!(body, "<section>{rows}</section>\n<div class=\"charts\">");
    let curve = |name, colour, results: &LoadResults, of: fn(&Point) -> f64| Curve {
        name,
        colour,
        points: results
            .series
            .points
            .iter()
            .map(|it| (it.t_s, of(it)))
            .collect(),
    };
    for (title, unit, of) in [
        ("Calls", "per second", Point::call_rate as fn(&Point) -> f64),
        ("Failed calls", "per interval", |it: &Point| {
            it.failed as f64
        }),
        ("Response time", "99 %, ms", |it: &Point| it.p99_ms),
    ] {
        let both = [
            curve("A", "#8793a0", before, of),
            curve("B", "#2563a8", after, of),
        ];
        add!(
            body,
            "<div class=\"card\">{}</div>",
            curves(title, unit, &both)
        );
    }
    body.push_str("</div>\n");
    page("Two runs - Gannet", &body)
}
