//! Bodies of message-summary (RFC 3842).

/// The event package.
pub(crate) const MWI_PACKAGE: &str = "message-summary";
/// The media type of its bodies (RFC 3842 3.5).
pub(crate) const MWI_CONTENT_TYPE: &str = "application/simple-message-summary";

/// The state of a mailbox (RFC 3842 5.2). Urgent messages do not exist here.
pub(crate) fn message_summary(account: &str, new: usize, old: usize) -> String {
    let waiting = if new > 0 { "yes" } else { "no" };
    format!(
        "Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\n\
         Voice-Message: {new}/{old} (0/0)\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_messages_wait() {
        let body = message_summary("sip:bob@gannet.test", 2, 8);
        assert_eq!(
            body,
            "Messages-Waiting: yes\r\nMessage-Account: sip:bob@gannet.test\r\n\
             Voice-Message: 2/8 (0/0)\r\n"
        );
        assert!(message_summary("sip:b@c", 0, 3).starts_with("Messages-Waiting: no\r\n"));
    }
}
