use crate::byte_set::ByteSet;
use crate::error::Fault;

/// A bracket expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bracket {
    /// Its members; `None` when they depend on more than bytes (`[.x.]`, `[=x=]`).
    pub(super) set: Option<ByteSet>,
    /// Whether it begins with `^`; `set` holds what stands behind that.
    pub(super) negated: bool,
    /// Position behind the `]`.
    pub(super) end: usize,
}

/// One element of a bracket expression.
enum Element {
    Byte(u8),
    Class(ByteSet),
    /// A collating element or an equivalence class.
    Other,
}

/// Reads the bracket expression whose `[` is at `open`. A backslash is a member like any other, and
/// `]` is one directly behind `[` or `[^` (POSIX, Base Definitions 9.3.5).
pub(super) fn bracket(
    pattern: &[u8],
    open: usize,
    ignore_case: bool,
) -> Result<Bracket, (Fault, usize)> {
    let unclosed = (Fault::UnclosedBracket, open);
    let mut at = open + 1;
    let negated = pattern.get(at) == Some(&b'^');
    at += usize::from(negated);
    let first = at;
    let mut set = Some(ByteSet::EMPTY);
    loop {
        let byte = *pattern.get(at).ok_or(unclosed)?;
        if byte == b']' && at > first {
            return Ok(Bracket {
                set,
                negated,
                end: at + 1,
            });
        }
        let start = at;
        let element = element(pattern, &mut at, ignore_case).ok_or(unclosed)??;
        let ranges = pattern.get(at) == Some(&b'-') && pattern.get(at + 1) != Some(&b']');
        if !ranges {
            match element {
                Element::Byte(byte) => add(&mut set, byte..=byte),
                Element::Class(class) => set = set.map(|set| set.union(&class)),
                Element::Other => set = None,
            }
            continue;
        }
        at += 1;
        let last = self::element(pattern, &mut at, ignore_case).ok_or(unclosed)??;
        match (element, last) {
            (Element::Byte(low), Element::Byte(high)) if low <= high => add(&mut set, low..=high),
            (Element::Other, _) | (_, Element::Other) => set = None,
            _ => return Err((Fault::Range, start)),
        }
    }
}

fn add(set: &mut Option<ByteSet>, range: std::ops::RangeInclusive<u8>) {
    if let Some(set) = set {
        range.for_each(|byte| set.insert(byte));
    }
}

/// The element at `at`, which is moved behind it; `None` when the pattern ends inside.
fn element(
    pattern: &[u8],
    at: &mut usize,
    ignore_case: bool,
) -> Option<Result<Element, (Fault, usize)>> {
    let start = *at;
    let byte = *pattern.get(start)?;
    let kind = pattern.get(start + 1).copied();
    let (b'[', Some(kind @ (b':' | b'.' | b'='))) = (byte, kind) else {
        *at += 1;
        return Some(Ok(Element::Byte(byte)));
    };
    let rest = &pattern[start + 2..];
    let length = rest.windows(2).position(|pair| pair == [kind, b']'])?;
    *at = start + 2 + length + 2;
    if kind != b':' {
        return Some(Ok(Element::Other));
    }
    let class = class(&rest[..length], ignore_case);
    Some(class.map(Element::Class).ok_or((Fault::ClassName, start)))
}

/// The members of a named class in the C locale, which this program never leaves.
fn class(name: &[u8], ignore_case: bool) -> Option<ByteSet> {
    let member: fn(&u8) -> bool = match name {
        b"alpha" => u8::is_ascii_alphabetic,
        // Text is compared in lower case then; glibc widens these two so that they still match.
        b"upper" | b"lower" if ignore_case => u8::is_ascii_alphabetic,
        b"upper" => u8::is_ascii_uppercase,
        b"lower" => u8::is_ascii_lowercase,
        b"digit" => u8::is_ascii_digit,
        b"xdigit" => u8::is_ascii_hexdigit,
        b"alnum" => u8::is_ascii_alphanumeric,
        b"punct" => u8::is_ascii_punctuation,
        b"cntrl" => u8::is_ascii_control,
        b"graph" => u8::is_ascii_graphic,
        b"print" => |byte| byte.is_ascii_graphic() || *byte == b' ',
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"space" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
        _ => return None,
    };
    Some((0..=u8::MAX).filter(member).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_posix_says() {
        let cases: [(&[u8], &[u8]); 9] = [
            (b"[abc]", b"abc"),
            (b"[]a]", b"]a"),
            (b"[^]a]", b"]a"),
            (b"[a-c-]", b"abc-"),
            (b"[-a]", b"-a"),
            (b"[+--]", b"+,-"),
            (b"[\\r]", b"\\r"),
            (b"[[:digit:]x]", b"0123456789x"),
            (b"[[a]", b"[a"),
        ];
        for (pattern, members) in cases {
            let bracket = bracket(pattern, 0, false).unwrap();
            assert_eq!(bracket.set, Some(ByteSet::of(members)), "{pattern:?}");
            assert_eq!(bracket.end, pattern.len());
        }
    }

    #[test]
    fn faults_have_their_place() {
        let cases: [(&[u8], Fault, usize); 5] = [
            (b"a[bc", Fault::UnclosedBracket, 1),
            (b"a[]", Fault::UnclosedBracket, 1),
            (b"a[x[:digit]", Fault::UnclosedBracket, 1),
            (b"a[x[:digits:]]", Fault::ClassName, 3),
            (b"a[xz-a]", Fault::Range, 3),
        ];
        for (pattern, fault, offset) in cases {
            let found = bracket(pattern, 1, false);
            assert_eq!(found, Err((fault, offset)), "{pattern:?}");
        }
    }

    #[test]
    fn collating_elements_are_left_to_libc() {
        assert_eq!(bracket(b"[[.-.]]", 0, false).unwrap().set, None);
    }
}
