use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::{Diagnostic, Severity, SourceFile};

/// Shows every diagnostic as a block: severity, code and message; `file:line:column`; the source
/// lines with the span underlined; the advice. Blocks are separated by an empty line.
///
/// `color` adds ANSI escapes. Spans may point anywhere: those outside the text or within a
/// character are moved to the nearest place that exists.
pub fn render(source: &SourceFile, diagnostics: &[Diagnostic], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        out.push_str(&render_one(source, diagnostic, &renderer));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Lines of source that are kept around a span; a long file is not handed to the renderer whole.
const CONTEXT_LINES: usize = 1;

fn render_one(source: &SourceFile, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let span = source.clamp(&diagnostic.span);
    let first_line = source.position(span.start).line;
    let last_line = source.position(span.end).line;
    let window_line = first_line.saturating_sub(CONTEXT_LINES).max(1);
    let window_start = source.line_range(window_line).map_or(0, |line| line.start);
    let window_end = source
        .line_range((last_line + CONTEXT_LINES).min(source.line_count()))
        .map_or(source.text().len(), |line| line.end);
    let window = &source.text()[window_start..window_end];

    let mut annotation =
        AnnotationKind::Primary.span(span.start - window_start..span.end - window_start);
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(label.as_str());
    }
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .element(
            Snippet::source(window)
                .path(source.name())
                .line_start(window_line)
                .annotation(annotation),
        )
        .elements(
            diagnostic
                .help
                .iter()
                .map(|help| Level::HELP.message(help.as_str())),
        );
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, diagnostic: Diagnostic) -> String {
        render(
            &SourceFile::new("calls.feature", text),
            &[diagnostic],
            false,
        )
    }

    #[test]
    fn place_text_underline_and_help_are_shown() {
        let text = "Feature: x\n  Scenario: y\n    When Alice cals Bob\n    Then ok\n";
        let start = text.find("Alice").expect("in the text");
        let diagnostic = Diagnostic::error("unknown-step", "unknown step", start..start + 14)
            .with_label("no step has this text")
            .with_suggestions(&["{phone} calls {phone}".to_owned()]);
        let out = shown(text, diagnostic);
        for part in [
            "error[unknown-step]: unknown step",
            "calls.feature:3:10",
            "3 |     When Alice cals Bob",
            "^^^^^^^^^^^^^^ no step has this text",
            "did you mean `{phone} calls {phone}`?",
        ] {
            assert!(out.contains(part), "{part:?} missing in:\n{out}");
        }
    }

    #[test]
    fn an_empty_span_marks_its_place() {
        let out = shown("one\ntwo\n", Diagnostic::error("e", "here", 4..4));
        assert!(out.contains("calls.feature:2:1"), "{out}");
        assert!(out.contains('^'), "{out}");
    }

    #[test]
    fn columns_count_characters() {
        let text = "\t\u{1f4de}\u{e9} bad";
        let start = text.find("bad").expect("in the text");
        let out = shown(text, Diagnostic::error("e", "here", start..start + 3));
        assert!(out.contains("calls.feature:1:5"), "{out}");
        assert!(out.contains("^^^"), "{out}");
    }

    #[test]
    fn shown_place_agrees_with_position_and_no_span_panics() {
        let texts = [
            "",
            "\n",
            "\r\n",
            "a",
            "a\n",
            "a\r\nb\r\n",
            "\t\ta\tb\n\tc",
            "\u{1f4de}\u{fe0f} \u{5d0}\u{200f}\n\u{e9}",
            "\u{feff}a\0b\u{1b}[31mc\r\rd\n\n\n",
        ];
        for text in texts {
            let source = SourceFile::new("calls.feature", text);
            for start in 0..text.len() + 3 {
                for end in 0..text.len() + 3 {
                    let diagnostic =
                        Diagnostic::warning("w", "odd", start..end).with_label("label");
                    let out = render(&source, &[diagnostic], start % 2 == 0);
                    assert!(
                        out.contains("calls.feature"),
                        "{text:?} {start}..{end}:\n{out}"
                    );
                }
            }
        }
    }

    #[test]
    fn several_blocks_are_separated() {
        let source = SourceFile::new("f", "a b");
        let all = [
            Diagnostic::error("e", "first", 0..1),
            Diagnostic::error("e", "second", 2..3),
        ];
        assert_eq!(render(&source, &all, false).matches("error[e]").count(), 2);
        assert_eq!(render(&source, &[], false), "");
    }
}
