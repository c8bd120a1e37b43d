@with.sipp
Feature: A session with SIPp is refreshed
  SIPp refuses 4 seconds and takes 5. It takes no UPDATE at first; later it does, and has forgotten the
  call.

  @rfc.4028
  Scenario: Alice refreshes by re-INVITE, then by UPDATE, and ends what is forgotten
    Given new connection with user "Alice" and server "sipp"
    And Alice uses session timer 4 refreshed by uac
    When Alice calls "service"
    Then Alice receives 200 to INVITE with header Session-Expires equal to "5;refresher=uac"
    And the session is refreshed within 4 seconds
    And Alice receives 481 to UPDATE within 5 seconds
    And the call ends with cause "the session was not refreshed"
