@rfc.3262 @rfc.3311 @with.sipp
Feature: A phone of gannet calls a callee with reliable provisional responses
  `reliable_callee.xml` stands where the server should be: its 183 needs PRACK, and before its 200 it
  takes UPDATE.

  Scenario: PRACK, UPDATE before the answer, re-INVITE after it
    Given new connection with user "Alice" and server "sipp"
    And Alice supports 100rel
    When Alice calls "service"
    Then Alice receives 183 to INVITE with header RSeq equal to "4711"
    And Alice sends PRACK
    And Alice receives 200 to PRACK
    When Alice sends UPDATE with hold
    Then Alice receives 200 to UPDATE
    And body of 200 to UPDATE matches /a=recvonly/
    And Alice receives 200 to INVITE
    When Alice resumes the call
    And Alice hears Alice
    And Alice hangs up the phone
    Then Alice receives 200 to BYE
