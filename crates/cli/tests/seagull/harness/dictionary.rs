//! A small SIP dictionary.

/// Enough of SIP for calls.
pub(super) const SIP: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<protocol name="sip" type="text" filter="lib=libparser_xml.so;function=filter_xml"
    field-separator="\r\n" body-separator="\r\n">
  <body-method>
    <defmethod name="by-length" method="length" param="content-length"></defmethod>
  </body-method>
  <header name="message" type="type">
    <fielddef name="type">
      <regexp name="request" expr="^([A-Z]+) [^ ]+ SIP/2\.0" nbexpr="2" subexpr="1"></regexp>
      <regexp name="answer" expr="^SIP/2\.0 ([0-9]+) " nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="content-length" format="Content-Length: $(field-value)\r\n">
      <regexp name="l" expr="^Content-Length: ([!-}]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="call-id">
      <regexp name="i" expr="^Call-ID: ([!-~]*)" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="via">
      <regexp name="v" expr="^Via: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="from">
      <regexp name="f" expr="^From: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="to">
      <regexp name="t" expr="^To: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="cseq">
      <regexp name="c" expr="^CSeq: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
    <fielddef name="subject">
      <regexp name="s" expr="^Subject: (.*)$" nbexpr="2" subexpr="1"></regexp>
    </fielddef>
  </header>
  <body name="data" type="data-type">
    <fielddef name="o"><regexp name="o" expr="^o=(.*)$" nbexpr="2" subexpr="1"></regexp></fielddef>
  </body>
  <dictionary session-method="field" session-id="call-id">
    <message name="INVITE"></message>
    <message name="ACK"></message>
    <message name="BYE"></message>
    <message name="CANCEL"></message>
    <message name="180"></message>
    <message name="200"></message>
    <message name="486"></message>
  </dictionary>
</protocol>
"#;
