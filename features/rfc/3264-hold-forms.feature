@rfc.3264
Feature: RFC 3264 8.4: the ways to hold
  Phones hold with sendonly, with inactive, or as in RFC 2543 with the address 0.0.0.0; the other side
  understands each.

  @with.kamailio
  Scenario Outline: hold by <form>
    Given Alice uses generic phone with hold.form <form>
    And Bob uses generic phone
    When Alice calls Bob
    And Bob answers the call
    And Alice hears Bob
    And Bob hears Alice
    When Alice puts the call on hold
    Then Bob sees the call held
    And Alice sends INVITE
    And body of INVITE matches <offer>
    And Bob does not hear Alice within 500 ms
    And Alice does not hear Bob within 500 ms
    When Alice resumes the call
    Then Bob sees the call resumed
    And Alice hears Bob
    And Bob hears Alice

    Examples:
      | form         | offer                   |
      | sendonly     | /a=sendonly/            |
      | inactive     | /a=inactive/            |
      | zero-address | /c=IN IP4 0\.0\.0\.0/   |
