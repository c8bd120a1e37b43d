//! Messages as they cross the wire.

/// Lines with `|` between, as a message; after `||` stands the body.
pub(crate) fn wire(text: &str) -> Vec<u8> {
    let (header, body) = text.split_once("||").unwrap_or((text, ""));
    let mut bytes = header.replace('|', "\r\n").into_bytes();
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.replace('|', "\r\n").as_bytes());
    bytes
}

/// A message from its name, `180` or `INFO`, and lines that it is to have. What they leave out is put
/// in: `call_id`, and `cseq` for a response.
pub(crate) fn message(text: &str, call_id: &str, cseq: &str) -> Vec<u8> {
    let (head, body) = text.split_once("||").unwrap_or((text, ""));
    let (name, more) = head.split_once('|').unwrap_or((head, ""));
    let is_response = name.starts_with(|first: char| first.is_ascii_digit());
    let first_line = if is_response {
        format!("SIP/2.0 {name} Text")
    } else {
        format!("{name} sip:a@me SIP/2.0")
    };
    let cseq = if is_response {
        cseq.to_owned()
    } else {
        format!("{} {name}", number_of(name))
    };
    let mut lines = vec![first_line];
    for (header, value) in [
        ("Via", "SIP/2.0/UDP peer;branch=z9hG4bK-p"),
        ("From", "<sip:b@peer>;tag=b"),
        ("To", "<sip:a@me>"),
        ("Call-ID", call_id),
        ("CSeq", &cseq),
    ] {
        if !more
            .split('|')
            .any(|line| line.starts_with(&format!("{header}:")))
        {
            lines.push(format!("{header}: {value}"));
        }
    }
    lines.extend(
        more.split('|')
            .filter(|line| !line.is_empty())
            .map(str::to_owned),
    );
    if !body.is_empty() {
        lines.push(format!(
            "Content-Length: {}",
            body.replace('|', "\r\n").len()
        ));
    }
    wire(&format!("{}||{body}", lines.join("|")))
}

/// The method or the status code of a message.
pub(crate) fn name_of(text: &str) -> &str {
    text.strip_prefix("SIP/2.0 ")
        .unwrap_or(text)
        .split(' ')
        .next()
        .unwrap_or_default()
}

/// The value of a header field.
pub(crate) fn value_of<'t>(text: &'t str, header: &str) -> Option<&'t str> {
    text.lines()
        .find_map(|line| line.strip_prefix(header)?.strip_prefix(": "))
        .map(str::trim_end)
}

/// The CSeq number of a request.
pub(super) fn number_of(method: &str) -> u32 {
    match method {
        "INVITE" | "ACK" => 1,
        "BYE" => 9,
        _ => 5,
    }
}
