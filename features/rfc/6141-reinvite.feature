@rfc.6141
Feature: RFC 6141: re-INVITE and target refresh
  A re-INVITE that is refused leaves the session as it was; one that succeeds changes it at once.

  Background:
    When Alice calls Bob
    And Bob answers the call
    And Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: another codec
    When Alice re-invites with codec PCMA
    Then Bob receives INVITE
    And SDP of INVITE offers PCMA
    And the call uses codec PCMA
    And Alice and Bob talk for 1 second

  @with.kamailio
  Scenario: another media address
    When Alice changes its media address
    Then Alice hears Bob
    And Bob hears Alice

  @with.kamailio
  Scenario: a refused re-INVITE leaves the session as it was
    Given Carol uses generic phone with sdp.codecs "['PCMU', 'telephone-event']"
    When Bob hangs up
    And Alice is idle
    And Alice calls Carol
    And Carol answers the call
    And Alice re-invites with codec PCMA and is refused with 488
    Then the call uses codec PCMU
    And Alice and Carol talk for 1 second
