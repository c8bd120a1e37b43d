@rfc.3311
Feature: RFC 3311: UPDATE
  UPDATE changes a session without a new INVITE, also before the call is answered.

  @with.kamailio
  Scenario: a call is put on hold by UPDATE and resumed by re-INVITE
    When Alice calls Bob
    And Bob answers the call
    And Alice hears Bob
    And Alice sends UPDATE with hold
    Then Bob sees the call held
    And Bob receives UPDATE
    And body of UPDATE matches /a=sendonly/
    And Bob does not hear Alice within 1 second
    When Alice resumes the call
    Then Bob hears Alice

  @with.kamailio
  Scenario: an UPDATE without a body says where the phone is
    When Alice calls Bob
    And Bob answers the call
    And Alice refreshes the call by UPDATE
    Then Alice gets 200
    And Bob receives UPDATE with header Contact
    And Alice receives 200 to UPDATE with header Contact

  Scenario: before the answer, once a reliable response has had the first one
    Given Alice supports 100rel
    And Bob supports 100rel
    When Alice calls Bob directly
    And Bob sends reliable 183
    And Alice hears early media
    And Alice sends UPDATE with hold
    Then Bob sees the call held
    When Bob answers the call
    And Alice resumes the call
    Then Alice and Bob talk for 1 second
