@rfc.3842
Feature: RFC 3842: message waiting
  The server tells how many messages wait, to whoever subscribes and when one comes.

  Scenario: the subscriber is told at once and again when a message comes
    When Bob subscribes to message-summary of Bob
    Then Bob receives NOTIFY for message-summary with state "active"
    And body of NOTIFY matches /^Messages-Waiting: no/
    Given Bob is busy
    When Alice calls Bob
    Then Alice talks to voicemail for 5 seconds
    When Alice hangs up the phone
    Then Bob receives NOTIFY for message-summary with state "active"
    And body of NOTIFY matches /^Messages-Waiting: yes/
    And Bob has 1 new and 0 old messages
    And Bob has voicemail waiting

  Scenario: the last notification has the state too
    When Bob subscribes to message-summary of Bob
    And Bob terminates the subscription
    Then Bob receives NOTIFY for message-summary with state "terminated"
    And body of NOTIFY matches /^Messages-Waiting: no/
