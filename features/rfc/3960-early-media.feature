@rfc.3960
Feature: RFC 3960: early media and ringback
  Ringback is the caller's own while 180 has come and no media do; early media take its place.

  @with.kamailio
  Scenario: no media, the phone plays ringback itself
    When Alice calls Bob
    And Bob rings
    Then Alice hears ringback
    And Alice plays ringback itself

  @with.kamailio
  Scenario: early media take its place
    When Alice calls Bob
    And Bob rings
    And Bob sends early media
    Then Alice receives 183 to INVITE
    And body of 183 to INVITE matches /m=audio/
    And Alice hears early media
    And Alice plays no ringback itself
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: several provisional responses
    When Alice calls Bob
    And Bob answers with 4 provisional responses
    # A proxy with several workers may bring them in another order.
    Then wait until Alice has received 180 to INVITE
    And wait until Alice has received 182 to INVITE
    And wait until Alice has received 183 to INVITE
    And wait until Alice has received 181 to INVITE
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: several early dialogs of one INVITE
    When Alice calls Bob directly
    And Bob forks to 3 dialogs
    Then Alice receives 3 180
    When Bob answers the call
    Then Alice and Bob talk for 1 second
