//! Tables for spreadsheets: RFC 4180, a header line, points as decimal separators.

use std::fmt::Write as _;

use super::{LoadFigures, Point};

/// The first line of `series.csv`.
pub fn series_header() -> &'static str {
    "t_s,length_s,rate_wanted,begun,successful,failed,open,sent,received,retransmissions,p50_ms,p99_ms\r\n"
}

/// A line of `series.csv`: what happened since the line before.
pub fn series_line(point: &Point) -> String {
    let Point {
        t_s,
        length_s,
        rate_wanted,
        begun,
        successful,
        failed,
        open,
        sent,
        received,
        retransmissions,
        p50_ms,
        p99_ms,
    } = point;
    format!(
        "{t_s:.3},{length_s:.3},{rate_wanted},{begun},{successful},{failed},{open},{sent},{received},{retransmissions},{p50_ms},{p99_ms}\r\n"
    )
}

/// `steps.csv`: a line for each step of the scenario.
pub fn steps_csv(figures: &LoadFigures) -> String {
    let mut out =
        "section,step,kind,name,messages,retransmissions,timeouts,unexpected,failed\r\n".to_owned();
    for step in &figures.steps {
        let _ = write!(
            out,
            "{},{},{},{},{},{},{},{},{}\r\n",
            field(&step.section),
            step.number,
            step.kind,
            field(&step.name),
            step.messages,
            step.retransmissions,
            step.timeouts,
            step.unexpected,
            step.failed
        );
    }
    out
}

/// `failures.csv`: calls that failed, by cause.
pub fn failures_csv(figures: &LoadFigures) -> String {
    let mut out = "cause,calls\r\n".to_owned();
    for failure in &figures.failures {
        let _ = write!(out, "{},{}\r\n", field(&failure.name), failure.count);
    }
    out
}

/// `response-times.csv`: a line for each kind of response times.
pub fn times_csv(figures: &LoadFigures) -> String {
    let mut out =
        "name,of,count,mean_ms,deviation_ms,p50_ms,p90_ms,p95_ms,p99_ms,p99_9_ms,max_ms\r\n"
            .to_owned();
    for times in &figures.times {
        let _ = write!(
            out,
            "{},{},{},{},{},{},{},{},{},{},{}\r\n",
            field(&times.name),
            field(&times.of),
            times.count,
            times.mean_ms,
            times.deviation_ms,
            times.p50_ms,
            times.p90_ms,
            times.p95_ms,
            times.p99_ms,
            times.p99_9_ms,
            times.max_ms
        );
    }
    out
}

/// A field, in quotes where it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_name_for_each_field() {
        let columns = |line: &str| line.split(',').count();
        let line = series_line(&Point::default());
        assert_eq!(columns(series_header()), columns(&line));
        assert_eq!(field("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
