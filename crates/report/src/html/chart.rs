//! Curves and bars as SVG.

use super::page::{escape, number};
use crate::text::add;

const WIDTH: f64 = 540.0;
const HEIGHT: f64 = 210.0;
const LEFT: f64 = 54.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 26.0;

/// A curve: its name, colour and points (time in seconds, value).
pub(super) struct Curve<'c> {
    pub(super) name: &'c str,
    pub(super) colour: &'c str,
    pub(super) points: Vec<(f64, f64)>,
}

/// Curves over time.
pub(super) fn curves(title: &str, unit: &str, curves: &[Curve<'_>]) -> String {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let end = points().map(|(at, _)| *at).fold(1.0, f64::max);
    let top = round_up(points().map(|(_, value)| *value).fold(0.0, f64::max));
    let mut out = frame(title, unit, top);
    let x = |at: f64| LEFT + (WIDTH - LEFT - RIGHT) * at / end;
    let y = |value: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at = end * share;
        let anchor = if share < 1.0 { "middle" } else { "end" };
        add!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            x(at),
            HEIGHT - 8.0,
            clock(at)
        );
    }
    let mut legend = WIDTH - RIGHT;
    for curve in curves.iter().rev() {
        let line: Vec<String> = curve
            .points
            .iter()
            .map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value)))
            .collect();
        add!(
            out,
            "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"{}\"/>",
            curve.colour,
            line.join(" ")
        );
        let name = escape(curve.name);
        add!(
            out,
            "<text x=\"{legend:.0}\" y=\"32\" text-anchor=\"end\" style=\"fill:{};font-weight:600\">{name}</text>",
            curve.colour
        );
        legend -= 12.0 + 7.2 * curve.name.chars().count() as f64;
    }
    out.push_str("</svg>\n");
    out
}

/// Bars beside each other: name and height.
pub(super) fn bars(title: &str, unit: &str, colour: &str, bars: &[(String, f64)]) -> String {
    let top = round_up(bars.iter().map(|bar| bar.1).fold(0.0, f64::max));
    let mut out = frame(title, unit, top);
    let room = (WIDTH - LEFT - RIGHT) / bars.len().max(1) as f64;
    // No more names than can be read beside each other.
    let named = (bars.len() as f64 * 46.0 / (WIDTH - LEFT - RIGHT))
        .ceil()
        .max(1.0) as usize;
    for (index, (name, value)) in bars.iter().enumerate() {
        let height = (HEIGHT - TOP - BOTTOM) * value / top;
        let x = LEFT + room * index as f64;
        add!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"{colour}\"><title>{}: {}</title></rect>",
            x + room * 0.1,
            HEIGHT - BOTTOM - height,
            room * 0.8,
            escape(name),
            number(*value)
        );
        if index % named == 0 {
            add!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x + room / 2.0,
                HEIGHT - 8.0,
                escape(name)
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Title, grid and the scale at the left.
fn frame(title: &str, unit: &str, top: f64) -> String {
    let mut out = String::new();
    add!(
        out,
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"100%\"><title>{}</title>",
        escape(title)
    );
    add!(
        out,
        "<text class=\"title\" x=\"4\" y=\"16\">{}",
        escape(title)
    );
    if !unit.is_empty() {
        add!(
            out,
            "<tspan style=\"font-weight:400;fill:#66717d\"> {}</tspan>",
            escape(unit)
        );
    }
    out.push_str("</text>");
    for quarter in 0..=4 {
        let value = top * f64::from(quarter) / 4.0;
        let y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * f64::from(quarter) / 4.0;
        add!(
            out,
            "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"#e6eaee\"/>",
            WIDTH - RIGHT
        );
        add!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            number(value)
        );
    }
    out
}

/// The next of 1, 2, 4, 5, 8 and 10 times a power of ten: quarters of it are short numbers.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0];
    let fits = steps
        .into_iter()
        .find(|step| step * power >= value * 0.999_999);
    fits.unwrap_or(10.0) * power
}

/// Seconds as `m:ss`, or with hours.
fn clock(at_s: f64) -> String {
    if at_s < 60.0 {
        return format!("{} s", number(at_s));
    }
    let at = at_s.round() as u64;
    if at >= 3_600 {
        format!("{}:{:02}:{:02}", at / 3_600, at / 60 % 60, at % 60)
    } else {
        format!("{}:{:02}", at / 60, at % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_above_the_highest_value() {
        for (value, top) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (1.1, 2.0),
            (37.0, 40.0),
            (0.06, 0.08),
            (9e5, 1e6),
        ] {
            assert!((round_up(value) - top).abs() < top * 1e-9, "{value}");
        }
        assert_eq!(
            [clock(2.5), clock(75.0), clock(3_700.0)],
            ["2.5 s", "1:15", "1:01:40"]
        );
    }
}
