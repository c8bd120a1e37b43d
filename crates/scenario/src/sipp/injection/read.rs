use gannet_diag::{Diagnostic, Diagnostics, SourceFile};

use super::file::InjectionFile;
use super::{header, printf};
use crate::seagull::NamedBytes;
use crate::xml::{Encoding, source_from_bytes};

/// What came of reading an injection file.
#[derive(Debug, Clone)]
pub struct LoadedInjection {
    /// The file; `None` if it has an error.
    pub file: Option<InjectionFile>,
    /// Its text.
    pub source: SourceFile,
    /// What is wrong in it, sorted by place.
    pub diagnostics: Diagnostics,
}

impl InjectionFile {
    /// Reads an injection file and tells everything that is wrong with it.
    pub fn load(file: &NamedBytes) -> LoadedInjection {
        let (source, encoding) = source_from_bytes(&file.name, &file.bytes);
        let mut diagnostics = Diagnostics::new();
        let file = read(&file.name, source.text(), encoding, &mut diagnostics);
        diagnostics.sort();
        let has_errors = diagnostics.has_errors();
        LoadedInjection {
            file: file.filter(|_| !has_errors),
            source,
            diagnostics,
        }
    }
}

fn read(
    name: &str,
    text: &str,
    encoding: Encoding,
    diagnostics: &mut Diagnostics,
) -> Option<InjectionFile> {
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').map(|line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        (start, line.strip_suffix('\r').unwrap_or(line))
    });
    let (_, first) = lines.next().unwrap_or_default();
    let header = header::read(first, diagnostics);
    let is_printf = header.is_some_and(|(_, printf)| printf.is_some());
    let mut data: Vec<Vec<u8>> = Vec::new();
    let mut empty_line = None;
    for (start, line) in lines {
        if let Some(empty) = empty_line {
            if !line.trim_ascii().is_empty() {
                diagnostics.push(
                    Diagnostic::warning(
                        "lines-not-read",
                        "the file ends at this empty line: what follows is not read",
                        empty..empty,
                    )
                    .with_help("an empty line between lines may be written `#`"),
                );
                break;
            }
        } else if line.is_empty() {
            empty_line = Some(start);
        } else if !line.starts_with('#') {
            if is_printf {
                judge_printf(start, line, diagnostics);
            }
            data.push(encoding.bytes(line));
        }
    }
    if data.is_empty() {
        diagnostics.push(Diagnostic::error(
            "bad-injection-file",
            "there are no lines",
            text.len()..text.len(),
        ));
    }
    let (order, printf) = header?;
    Some(InjectionFile::new(name.to_owned(), order, printf, data))
}

/// Tells of a `%` that begins no pattern.
fn judge_printf(start: usize, line: &str, diagnostics: &mut Diagnostics) {
    let mut cell_start = start;
    for cell in line.split(';') {
        if let Some(at) = printf::fault(cell.as_bytes()) {
            let at = cell_start + at;
            diagnostics.push(
                Diagnostic::error("bad-printf", "this `%` begins no number", at..at + 1)
                    .with_help("numbers are written `%d` or like `%05d`, a percent sign `%%`"),
            );
        }
        cell_start += cell.len() + 1;
    }
}
