//! Scenarios of a call.

/// INVITE, 180, 200, ACK, BYE, 200 as the caller; the response time is that of INVITE to 200.
pub(crate) const CALLER: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario>
<counter><counterdef name="n" init="0"></counterdef></counter>
<traffic>
  <send channel="one">
    <action>
      <!-- BEFORE -->
      <inc-counter name="n"></inc-counter>
      <set-value name="call-id" format="call-$(n)@caller"></set-value>
    </action>
    <message><![CDATA[INVITE sip:callee@127.0.0.1 SIP/2.0
      Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1
      From: <sip:caller@127.0.0.1>;tag=1
      To: <sip:callee@127.0.0.1>
      Call-ID: 1
      CSeq: 1 INVITE
      Subject: none]]></message>
    <action>
      <store name="ID" entity="call-id"></store>
      <start-timer></start-timer>
    </action>
  </send>
  <receive channel="one"><message><![CDATA[SIP/2.0 180 Ringing
      Call-ID: 1]]></message></receive>
  <receive channel="one"><message><![CDATA[SIP/2.0 200 OK
      Call-ID: 1]]></message>
    <action><stop-timer></stop-timer></action></receive>
  <send channel="one">
    <action><restore name="ID" entity="call-id"></restore></action>
    <message><![CDATA[ACK sip:callee@127.0.0.1 SIP/2.0
      Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK2
      From: <sip:caller@127.0.0.1>;tag=1
      To: <sip:callee@127.0.0.1>;tag=2
      Call-ID: 1
      CSeq: 1 ACK]]></message>
  </send>
  <!-- PAUSE -->
  <send channel="one">
    <action><restore name="ID" entity="call-id"></restore></action>
    <message><![CDATA[BYE sip:callee@127.0.0.1 SIP/2.0
      Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK3
      From: <sip:caller@127.0.0.1>;tag=1
      To: <sip:callee@127.0.0.1>;tag=2
      Call-ID: 1
      CSeq: 2 BYE]]></message>
  </send>
  <receive channel="one"><message><![CDATA[SIP/2.0 200 OK
      Call-ID: 1]]></message></receive>
</traffic>
<!-- SECTIONS -->
</scenario>
"#;

/// The same as the callee.
pub(crate) const CALLEE: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario>
<traffic>
  <receive channel="one">
    <message><![CDATA[INVITE sip:callee@127.0.0.1 SIP/2.0
      Call-ID: 1]]></message>
    <action>
      <store name="ID" entity="call-id"></store>
      <store name="VIA" entity="via"></store>
      <store name="FROM" entity="from"></store>
      <store name="TO" entity="to"></store>
    </action>
  </receive>
  <send channel="one">
    <action>
      <restore name="ID" entity="call-id"></restore>
      <restore name="VIA" entity="via"></restore>
      <restore name="FROM" entity="from"></restore>
      <restore name="TO" entity="to"></restore>
    </action>
    <message><![CDATA[SIP/2.0 180 Ringing
      Via: x
      From: x
      To: x
      Call-ID: 1
      CSeq: 1 INVITE]]></message>
  </send>
  <send channel="one">
    <action>
      <restore name="ID" entity="call-id"></restore>
      <restore name="VIA" entity="via"></restore>
      <restore name="FROM" entity="from"></restore>
      <restore name="TO" entity="to"></restore>
    </action>
    <message><![CDATA[SIP/2.0 200 OK
      Via: x
      From: x
      To: x
      Call-ID: 1
      CSeq: 1 INVITE]]></message>
  </send>
  <receive channel="one"><message><![CDATA[ACK sip:callee@127.0.0.1 SIP/2.0
      Call-ID: 1]]></message></receive>
  <receive channel="one">
    <message><![CDATA[BYE sip:callee@127.0.0.1 SIP/2.0
      Call-ID: 1]]></message>
    <action><store name="VIA" entity="via"></store></action>
  </receive>
  <send channel="one">
    <action>
      <restore name="ID" entity="call-id"></restore>
      <restore name="VIA" entity="via"></restore>
      <restore name="FROM" entity="from"></restore>
      <restore name="TO" entity="to"></restore>
    </action>
    <message><![CDATA[SIP/2.0 200 OK
      Via: x
      From: x
      To: x
      Call-ID: 1
      CSeq: 2 BYE]]></message>
  </send>
</traffic>
</scenario>
"#;

/// [`CALLER`] with something in place of a comment.
#[track_caller]
pub(crate) fn caller_with(comment: &str, text: &str) -> String {
    let mark = format!("<!-- {comment} -->");
    assert!(CALLER.contains(&mark), "no {mark}");
    CALLER.replace(&mark, text)
}

/// [`CALLER`] that talks for so long before its BYE.
pub(crate) fn caller_waiting(ms: u64) -> String {
    caller_with("PAUSE", &format!("<wait-ms value=\"{ms}\"></wait-ms>"))
}
