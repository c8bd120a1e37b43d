@rfc.5839
Feature: RFC 5839: conditional notification
  A refresh that names the state which the subscriber knows needs no notification if nothing has changed.

  Scenario: a known state is not told again
    Given Alice sets presence to "Away"
    When Bob subscribes conditionally to presence of Alice
    Then Bob receives NOTIFY with header SIP-ETag
    When Bob refreshes the subscription
    Then Bob gets 204
    And Bob sends SUBSCRIBE with header Suppress-If-Match
    And Bob does not receive NOTIFY within 300 ms
    When Alice sets presence to "Busy"
    Then Bob is notified that Alice is Busy
    When Bob terminates the subscription
    Then Bob gets 200,204
