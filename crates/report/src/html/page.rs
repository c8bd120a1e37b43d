//! What all pages have.

use crate::text::add;

/// Text as it may stand between tags and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Neither XML nor HTML can hold these.
            c if c.is_control() && !matches!(c, '\n' | '\t' | '\r') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

const STYLE: &str = "\
:root{--ink:#1d2733;--soft:#66717d;--line:#dde2e8;--good:#1f7a4d;--bad:#c0262d;--warn:#b26a00;--blue:#2563a8}\
*{box-sizing:border-box}\
body{margin:0;background:#f4f6f8;color:var(--ink);font:15px/1.45 system-ui,sans-serif}\
main{max-width:1180px;margin:0 auto;padding:20px}\
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:28px 0 8px}h3{font-size:15px;margin:16px 0 6px}\
.soft{color:var(--soft)}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}\
.badge{display:inline-block;border-radius:4px;padding:2px 9px;color:#fff;font-weight:600;background:var(--soft)}\
.badge.good{background:var(--good);color:#fff}.badge.bad{background:var(--bad);color:#fff}.badge.warn{background:var(--warn);color:#fff}\
section,.card{background:#fff;border:1px solid var(--line);border-radius:6px;padding:14px 16px;margin:12px 0;overflow-x:auto}\
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px;margin:12px 0}\
.tile{background:#fff;border:1px solid var(--line);border-radius:6px;padding:10px 12px}\
.tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
th,td{padding:4px 12px 4px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}\
td.n,th.n{text-align:right}\
pre{background:#f4f6f8;border:1px solid var(--line);border-radius:4px;padding:10px;overflow-x:auto;font:13px/1.4 ui-monospace,Menlo,Consolas,monospace}\
details{margin:6px 0}summary{cursor:pointer}\
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(480px,1fr));gap:12px}\
.chart text{font:11px system-ui,sans-serif;fill:#66717d}.chart .title{font-size:13px;font-weight:600;fill:#1d2733}\
@media(max-width:560px){.charts{grid-template-columns:1fr}}";

/// A whole page.
pub(super) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<title>{}</title><style>{STYLE}</style></head>\n<body><main>\n{body}</main></body></html>\n",
        escape(title)
    )
}

/// A figure with its name below. `id` finds it again: programs read it as `data-figure`.
pub(super) fn tile(id: &str, name: &str, value: &str, class: &str) -> String {
    format!(
        "<div class=\"tile\"><b class=\"{class}\" data-figure=\"{id}\">{}</b><span class=\"soft\">{}</span></div>",
        escape(value),
        escape(name)
    )
}

/// A table. Columns that begin with `>` hold numbers.
pub(super) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let class = |column: &str| {
        if column.starts_with('>') {
            " class=\"n\""
        } else {
            ""
        }
    };
    let mut out = "<table><thead><tr>".to_owned();
    for column in columns {
        let name = escape(column.trim_start_matches('>'));
        add!(out, "<th{}>{name}</th>", class(column));
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (column, cell) in columns.iter().zip(row) {
            add!(out, "<td{}>{cell}</td>", class(column));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table>\n");
    out
}

/// A number with its unit spared of needless digits.
pub(super) fn number(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract().abs() < 1e-9 {
        format!("{value:.0}")
    } else if value.abs() >= 1.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(
            escape("<a b='\"&\u{1b}'>"),
            "&lt;a b=&#39;&quot;&amp;\u{fffd}&#39;&gt;"
        );
        let made = table(&["a", ">b"], [vec![escape("<i>"), "1".to_owned()]]);
        assert!(
            made.contains("<td>&lt;i&gt;</td><td class=\"n\">1</td>"),
            "{made}"
        );
    }
}
