Feature: What the messages of a call say
  Sentences that look at single messages.

  Scenario: INVITE, 200 and BYE of a call
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    When Alice calls Bob
    Then Bob receives INVITE with header Contact matching /^<?sip:/
    And header Max-Forwards of INVITE received by Bob has 1 value
    When Bob answers the call
    Then Alice receives 200 to INVITE with header CSeq matching /INVITE$/
    And Bob receives ACK
    And Alice is connected to Bob
    And both legs have the same Content-Type
    And the reason phrase of 200 to INVITE is "OK"
    And 200 to INVITE is valid SIP
    When Alice hangs up
    Then Bob receives BYE
    And Bob does not receive CANCEL
