//! Messages as they cross the wire.

/// A message from its name, `180` or `INFO`, and lines that it is to have instead of the usual:
/// `180|CSeq: 1 INVITE|To: x`. After `||` stands the body.
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
    let own = |header: &str| {
        let prefix = format!("{header}:");
        more.split('|').any(|line| line.starts_with(&prefix))
    };
    let mut lines = vec![first_line];
    for (header, value) in [
        ("Via", "SIP/2.0/UDP peer;branch=z9hG4bK-p"),
        ("From", "<sip:b@peer>;tag=b"),
        ("To", "<sip:a@me>;tag=t"),
        ("Call-ID", call_id),
        ("CSeq", &cseq),
    ] {
        if !own(header) {
            lines.push(format!("{header}: {value}"));
        }
    }
    // `To-` leaves a header field out.
    lines.extend(
        more.split('|')
            .filter(|line| !line.is_empty() && !line.ends_with(": -"))
            .map(str::to_owned),
    );
    lines.push(format!("Content-Length: {}", body.len()));
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
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
        "INVITE" | "ACK" | "CANCEL" => 1,
        "BYE" => 9,
        _ => 5,
    }
}
