Feature: Registration
  A phone proves who it is, stays reachable, and leaves.

  Scenario: A phone registers and unregisters
    Given Alice uses Squirrel350 phone
    When Alice registers
    Then Alice is registered
    And Alice has received 401 to REGISTER
    And Alice has 1 registered contact
    When Alice unregisters
    Then Alice is not registered

  Scenario: A wrong password is refused
    Given Alice uses generic phone
    And Alice has the wrong password
    When Alice registers and is refused with 401,403
    Then Alice is not registered

  Scenario Outline: Phones register over <transport>
    Given Alice uses generic phone over <transport>
    When Alice registers with expires 60
    Then Alice is registered

    Examples:
      | transport |
      | udp       |
      | tcp       |
