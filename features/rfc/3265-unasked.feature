@rfc.3265
Feature: RFC 3265: notifications of the old kind
  RFC 3265 let a server notify phones that never subscribed, as an administrator wished. RFC 6665 does
  not know that any more; servers do it still, and phones must bear it.

  Scenario: a message summary comes unasked
    Given Bob registers
    And Bob is busy
    When Alice calls Bob
    Then Alice talks to voicemail for 5 seconds
    When Alice hangs up the phone
    Then Bob receives NOTIFY for message-summary with state "terminated"
    And Bob has voicemail waiting
    And Bob sends 200 to NOTIFY
    And Bob does not receive NOTIFY within 200 ms
