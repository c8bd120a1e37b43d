@rfc.6665
Feature: RFC 6665: subscriptions and notifications
  SUBSCRIBE makes a subscription that lasts as long as it is refreshed. The state is told at once, after
  each SUBSCRIBE, and whenever it changes; the last NOTIFY says that it is over.

  @with.kamailio
  Scenario: a subscription is accepted, told, refreshed and ended
    When Alice subscribes to message-summary of Alice for 600 seconds
    Then Alice receives NOTIFY for message-summary with state "active"
    And header Subscription-State of NOTIFY received by Alice has parameter expires "600"
    And NOTIFY is valid SIP
    When Alice refreshes the subscription
    Then Alice receives NOTIFY for message-summary with state "active"
    When Alice terminates the subscription
    Then Alice receives NOTIFY for message-summary with state "terminated" and reason "timeout"

  @with.kamailio
  Scenario: a state is fetched once
    When Alice subscribes to message-summary of Alice for 0 seconds
    Then Alice receives NOTIFY for message-summary with state "terminated"
    And Alice does not receive NOTIFY within 200 ms

  @with.kamailio
  Scenario: an unknown package is refused
    When Alice subscribes to weather of Alice and is refused with 489
    Then Alice receives 489 to SUBSCRIBE with header Allow-Events matching /message-summary/

  @with.kamailio
  Scenario: a lifetime that is too short is replaced by the server's minimum
    Given Alice registers
    When Bob subscribes to presence of Alice for 2 seconds
    Then Bob receives 423 to SUBSCRIBE with header Min-Expires equal to "5"
    And Bob sends SUBSCRIBE with header Expires equal to "5"
    And Bob receives NOTIFY for presence with state "active"

  @with.kamailio
  Scenario: a phone refreshes by itself
    Given Alice registers
    When Bob subscribes to presence of Alice for 6 seconds
    Then Bob receives NOTIFY for presence with state "active"
    And Bob sends SUBSCRIBE with header To matching /tag=/ within 5 seconds
    And Bob receives NOTIFY for presence with state "active"
