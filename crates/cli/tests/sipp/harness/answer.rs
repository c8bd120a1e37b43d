//! Answers of scenarios that tests write.

/// An element that answers the last request with a code and a reason, without a body.
pub(crate) fn answer(status: &str) -> String {
    format!(
        "<send><![CDATA[
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=1
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"
    )
}
