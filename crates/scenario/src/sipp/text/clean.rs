//! A message from its CDATA section.

use super::Mapped;

/// What is put at the end of a cleaned text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sipp) enum Ending {
    /// The end of the header, if there is none: commands and default messages.
    Header,
    /// That, and one line end if a body had some: messages.
    Message,
}

/// The text of a CDATA section without its indentation; `None` if nothing is left.
pub(in crate::sipp) fn clean(raw: &Mapped, ending: Ending) -> Option<Mapped> {
    let whole: Vec<(char, usize)> = line_ends(raw).collect();
    let is_blank = |(character, _): &(char, usize)| matches!(character, ' ' | '\t' | '\n');
    let start = whole.iter().position(|one| !is_blank(one))?;
    let end = whole.iter().rposition(|one| !is_blank(one))? + 1;
    let line_ends_cut = whole[end..].iter().any(|(character, _)| *character == '\n');
    let mut text = whole[start..end].to_vec();
    for blank in [' ', '\t'] {
        text = without_after_line_end(&text, blank);
        text.reverse();
        text = without_after_line_end(&text, blank);
        text.reverse();
    }
    let after = raw.span(raw.text().len()..raw.text().len()).start;
    let has_header_end = text
        .windows(2)
        .any(|pair| pair[0].0 == '\n' && pair[1].0 == '\n');
    if !has_header_end {
        text.extend([('\n', after), ('\n', after)]);
    } else if ending == Ending::Message && line_ends_cut {
        text.push(('\n', after));
    }
    Some(text.into_iter().collect())
}

/// Line ends of XML: CRLF and CR are LF.
fn line_ends(raw: &Mapped) -> impl Iterator<Item = (char, usize)> {
    let mut last = ' ';
    raw.characters().filter_map(move |(character, at)| {
        let is_second = character == '\n' && last == '\r';
        last = character;
        let character = if character == '\r' { '\n' } else { character };
        (!is_second).then_some((character, at))
    })
}

/// Takes `blank`s away that follow a line end, one after the other.
fn without_after_line_end(text: &[(char, usize)], blank: char) -> Vec<(char, usize)> {
    let mut after_line_end = false;
    let mut out = Vec::with_capacity(text.len());
    for &(character, at) in text {
        if after_line_end && character == blank {
            continue;
        }
        after_line_end = character == '\n';
        out.push((character, at));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indentation_goes_and_ends_are_set() {
        let cases = [
            // CDATA, as message, as command
            (
                "\n\n   A b\n   C: d \n\n  ",
                "A b\nC: d\n\n",
                "A b\nC: d\n\n",
            ),
            ("A\n\n body\n \n", "A\n\nbody\n", "A\n\nbody"),
            ("A\n\nbody", "A\n\nbody", "A\n\nbody"),
            ("A\n  \n\t body\t\n  x", "A\n\n body\nx", "A\n\n body\nx"),
            // Tabs before spaces leave the spaces: they are taken first.
            ("A\n\t  b\n \tc", "A\n  b\nc\n\n", "A\n  b\nc\n\n"),
            ("A\t \nb", "A\nb\n\n", "A\nb\n\n"),
            ("A \t\nb", "A \nb\n\n", "A \nb\n\n"),
            ("A\r\nB\rC", "A\nB\nC\n\n", "A\nB\nC\n\n"),
            ("x", "x\n\n", "x\n\n"),
        ];
        for (raw, message, command) in cases {
            let mapped = Mapped::of(raw, 0..raw.len());
            for (ending, expected) in [(Ending::Message, message), (Ending::Header, command)] {
                let found = clean(&mapped, ending).expect("a text");
                assert_eq!(found.text(), expected, "{raw:?} {ending:?}");
            }
        }
        for empty in ["", " \n\t "] {
            assert_eq!(
                clean(&Mapped::of(empty, 0..empty.len()), Ending::Header),
                None
            );
        }
    }

    #[test]
    fn what_is_left_knows_its_place() {
        let raw = "\n  A\n  bc";
        let found = clean(&Mapped::of(raw, 0..raw.len()), Ending::Message).expect("a text");
        assert_eq!(found.span(2..4), 7..9);
        assert_eq!(found.span(4..4), 9..9);
    }
}
